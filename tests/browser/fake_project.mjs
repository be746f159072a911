// The files of the stand-in's project and the proposals about them, in the shapes of `docs/api.md`.
import { createHash } from "node:crypto";
import { lineDiff, linesOf } from "../../chat/static/chat/review/line_diff.js";
import { isUnsettled, merged3 } from "../../chat/static/chat/review/merge3.js";

const sha = (text) => createHash("sha256").update(text).digest("hex");
const digestOf = (text) => (text === null ? null : sha(text));
const LABELS = { mine: "mine", theirs: "theirs" };

export class Refused extends Error {
  constructor(status, code, more = {}) {
    super(code);
    Object.assign(this, { status, code, more });
  }
}

/** Long texts of the same length differ line by line: nothing is left to a time limit. */
function hunksOf(before, after) {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  if (old.length < 2000 || old.length !== fresh.length) return lineDiff(before, after);
  const hunks = [];
  for (const [index, line] of old.entries()) {
    if (line === fresh[index]) continue;
    if (hunks.at(-1)?.[1] === index)
      hunks.splice(-1, 1, [hunks.at(-1)[0], index + 1, hunks.at(-1)[2], index + 1]);
    else hunks.push([index, index + 1, index, index + 1]);
  }
  return hunks;
}

/** The text with only some of its hunks. */
function acceptHunks(before, after, hunks, wanted) {
  const [old, fresh] = [linesOf(before ?? ""), linesOf(after ?? "")];
  const out = [];
  let at = 0;
  hunks.forEach(([fromA, toA, fromB, toB], index) => {
    out.push(
      ...old.slice(at, fromA),
      ...(wanted.includes(index) ? fresh.slice(fromB, toB) : old.slice(fromA, toA)),
    );
    at = toA;
  });
  out.push(...old.slice(at));
  return out.length ? `${out.join("\n")}\n` : "";
}

export class Project {
  files = new Map();
  actions = new Map();
  revision = 1;
  #lastId = 500;
  applied = 0; // how often something was written

  reset() {
    this.files.clear();
    this.actions.clear();
    this.revision = 1;
    this.applied = 0;
  }

  read(path) {
    return this.files.get(path) ?? null;
  }

  write(path, text) {
    if (text === null) this.files.delete(path);
    else this.files.set(path, text);
  }

  /** A row for what the model proposes; `given` is `{position, action_type, path, to, after, before, error, edits, …}`. */
  propose(message, given) {
    this.#lastId += 1;
    const { path, to = null, after = null } = given;
    const before = given.before === undefined ? this.read(path) : given.before;
    if (given.before !== undefined) this.write(path, before);
    const failed = Boolean(given.error);
    const hunks = failed || before === after ? [] : hunksOf(before ?? "", after ?? "");
    const sum = (from, to) => hunks.reduce((total, hunk) => total + hunk[to] - hunk[from], 0);
    const action = {
      id: this.#lastId,
      position: given.position,
      action_type: given.action_type,
      path,
      to,
      status: failed ? "failed" : "pending",
      base: digestOf(before),
      hash: sha(JSON.stringify([given.action_type, path, to, before, after])),
      added: sum(2, 3),
      removed: sum(0, 1),
      hunks,
      error: given.error ?? null,
      protected: given.protected ?? false,
      incomplete: given.incomplete ?? false,
      revision: null,
      undone_by: null,
      executed_at: null,
      edited: false,
      taken: null,
    };
    if (given.edits) message.tool_calls.push(calling("modify_file", { path, edits: given.edits }));
    Object.defineProperty(action, "texts", { value: { before, after }, writable: true });
    Object.defineProperty(action, "message", { value: message });
    this.actions.set(action.id, action);
    return action;
  }

  details(id) {
    const action = this.#found(id);
    const { before, after } = action.texts;
    const current = this.read(action.path);
    const moved = action.status === "pending" && current !== before;
    const isApplied = action.edited && ["completed", "undone"].includes(action.status);
    const written = isApplied ? { before, after: action.texts.applied } : null;
    return { ...action, before, after, written, ...(moved ? { current } : {}) };
  }

  /** Planned anew: another text, another hash. */
  replan(actions) {
    for (const action of actions) {
      const { before, after } = action.texts;
      const text = `// autre\n${after}`;
      action.texts = { ...action.texts, after: text };
      action.hunks = lineDiff(before ?? "", text);
      action.hash = sha(JSON.stringify([action.path, before, text]));
    }
    return this.#answer(actions, null);
  }

  proposal(message) {
    const files = {};
    for (const { path, to, status, texts } of message.actions
      .map((one) => this.actions.get(one.id))
      .filter(Boolean)) {
      if (status !== "pending") continue;
      if (to) files[path] = null;
      files[to ?? path] = texts.after;
    }
    return { files };
  }

  /** `message` is given where all of a turn is applied: then one that failed has to be dropped first. */
  apply(items, message = null) {
    const named = new Set(items.map(({ id }) => id));
    const bad = message?.actions.filter(({ id, status }) => status === "failed" && !named.has(id)) ?? [];
    if (bad.length) throw new Refused(409, "blocked", { actions: bad.map(({ id }) => id) });
    const chosen = items.map((item) => ({ item, action: this.#found(item.id) }));
    if (chosen.every(({ action, item }) => action.status === "completed" && action.hash === item.hash))
      return this.#answer(chosen.map(({ action }) => action));
    for (const { item, action } of chosen)
      if (!isOpen(action, item) || action.hash !== item.hash) throw new Refused(409, "stale");
    const results = chosen.map(({ item, action }) => this.#result(item, action));
    const conflicts = results.filter(({ conflict }) => conflict).map(({ conflict }) => conflict);
    if (conflicts.length) throw new Refused(409, "conflict", { conflicts });
    this.revision += 1;
    this.applied += 1;
    for (const { action, text } of results) this.#write(action, text);
    for (const { item, action } of chosen)
      Object.assign(action, { edited: item.content !== undefined, taken: item.hunks ?? null });
    return this.#answer(results.map(({ action }) => action));
  }

  reject(actions, { reason = "" } = {}) {
    for (const action of actions)
      if (["pending", "failed"].includes(action.status))
        Object.assign(action, { status: "rejected", reason });
    return this.#answer(actions, null);
  }

  reopen(actions) {
    for (const action of actions) {
      if (!["rejected", "undone"].includes(action.status)) continue;
      const { before } = action.texts;
      if (this.read(action.path) !== before && action.to === null) this.#rebase(action);
      Object.assign(action, { status: "pending", undone_by: null, revision: null });
    }
    return this.#answer(actions, null);
  }

  /** Takes back what was applied; where nothing is, brings back what was taken back. */
  undo(actions, { settled = [] } = {}) {
    const applied = actions.filter(({ status }) => status === "completed");
    const done = applied.length ? applied : actions.filter(({ status }) => status === "undone");
    if (!done.length) throw new Refused(409, "stale");
    const results = done.map((action) =>
      this.#turned(
        action,
        settled.find(({ id }) => id === action.id),
      ),
    );
    const conflicts = results.filter(({ conflict }) => conflict).map(({ conflict }) => conflict);
    if (conflicts.length) throw new Refused(409, "conflict", { conflicts });
    this.revision += 1;
    for (const { action, text } of results) this.#turn(action, text);
    return this.#answer(done);
  }

  #found(id) {
    const action = this.actions.get(Number(id));
    if (!action) throw new Refused(404, "not_found");
    return action;
  }

  #wanted({ hunks, content }, { texts, hunks: all }) {
    if (content !== undefined) return content;
    return hunks ? acceptHunks(texts.before, texts.after, all, hunks) : texts.after;
  }

  #result(item, action) {
    const current = this.read(action.path);
    const mine = this.#wanted(item, action);
    const { before } = action.texts;
    if (current === before || item.settled === digestOf(current)) return { action, text: mine };
    const text = merged3({ base: before ?? "", mine: mine ?? "", theirs: current ?? "" }, LABELS);
    if (!isUnsettled(text)) return { action, text };
    return { action, conflict: conflictOf(action, before, mine, current) };
  }

  /** From what the last step left to what was there before it, later changes kept. */
  #turned(action, settled) {
    const back = action.status === "completed";
    const { applied, before } = action.texts;
    const [base, mine] = back ? [applied, before] : [before, applied];
    const theirs = this.read(back ? (action.to ?? action.path) : action.path);
    if (settled && settled.digest === digestOf(theirs)) return { action, text: settled.content };
    if (theirs === base) return { action, text: mine };
    const text = merged3({ base: base ?? "", mine: mine ?? "", theirs: theirs ?? "" }, LABELS);
    return isUnsettled(text)
      ? { action, conflict: conflictOf(action, base, mine, theirs) }
      : { action, text };
  }

  #turn(action, text) {
    const back = action.status === "completed";
    const [from, to] = back ? [action.to, action.path] : [action.path, action.to ?? action.path];
    if (action.to) this.write(from, null);
    this.write(to, text);
    const values = back
      ? { status: "undone", undone_by: this.revision }
      : { status: "completed", undone_by: null };
    Object.assign(action, values, back ? {} : { revision: this.revision });
  }

  #write(action, text) {
    if (action.to) this.write(action.path, null);
    this.write(action.to ?? action.path, text);
    action.texts = { ...action.texts, before: action.texts.before, applied: text };
    Object.assign(action, {
      status: "completed",
      revision: this.revision,
      executed_at: new Date().toISOString(),
    });
  }

  /** The file has changed since: the same change on what it is now. */
  #rebase(action) {
    const current = this.read(action.path);
    const { before, after } = action.texts;
    const text = merged3({ base: before ?? "", mine: after ?? "", theirs: current ?? "" }, LABELS);
    if (isUnsettled(text)) return;
    action.texts = { ...action.texts, before: current, after: text };
    action.hunks = lineDiff(current ?? "", text);
    action.hash = sha(JSON.stringify([action.action_type, action.path, action.to, current, text]));
  }

  #answer(actions, revision = this.revision) {
    for (const action of actions) {
      const { actions: shown } = action.message;
      const index = shown.findIndex(({ position }) => position === action.position);
      shown[index] = { ...action };
    }
    return { success: true, revision, actions: actions.map((action) => ({ ...action })) };
  }
}

const calling = (name, given) => ({ id: "call_1", name, arguments: JSON.stringify(given) });

const isOpen = ({ status, incomplete }, { content }) =>
  (status === "pending" && !incomplete) || (["pending", "failed"].includes(status) && content !== undefined);

const side = (text) => (text === null ? null : { digest: digestOf(text), size: text.length, text });

function conflictOf({ id, path }, base, mine, theirs) {
  return { id, path, base: side(base), mine: side(mine), theirs: side(theirs) };
}
