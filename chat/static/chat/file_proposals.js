// What a host page can do with the proposals for its files, those of the open conversation and of all others. It decides by
// the very way of the review: the same choices, the same request with the hash of what was shown, the same conflict to settle.
import { openProposals } from "./decisions.js";
import { applying, canApply, isKept, isReady } from "./review/choice.js";
import { commandOf } from "./review/keymap.js";

export class FileProposals {
  #store;
  #project;
  #decisions;
  #host;
  #tell;

  constructor({ store, project, decisions, host, tell }) {
    this.#store = store;
    this.#project = project;
    this.#decisions = decisions;
    this.#host = host;
    this.#tell = tell;
  }

  /** `{path: count}`, as `webox-chat:proposals` tells it. */
  get paths() {
    const counts = new Map();
    for (const { path } of this.#all()) counts.set(path, (counts.get(path) ?? 0) + 1);
    return Object.fromEntries(counts);
  }

  /** `{path: titles}` of the other conversations that propose something for a file. */
  get elsewhere() {
    const found = new Map();
    for (const { path, isElsewhere, conversationTitle } of this.#all())
      if (isElsewhere) found.set(path, [...new Set([...(found.get(path) ?? []), conversationTitle])]);
    return Object.fromEntries(found);
  }

  /** The paths that files are proposed for, new ones and those of a rename: there may be nothing yet. */
  get created() {
    return [...new Set(this.#all().map(placeOf).filter(Boolean))];
  }

  /** All that the page shows of the open proposals, as a text: it hears when any of this is other than before. */
  get key() {
    const told = ["id", "path", "status", "hash", "inTurn", "isElsewhere", "conversationTitle"];
    return JSON.stringify(this.#all().map((proposal) => told.map((name) => proposal[name])));
  }

  /**
   * The open proposals for a file, newest first; `canApply` says whether it can be decided here and now, `isElsewhere`
   * whether it is of another conversation (`conversationId`, `conversationTitle`) than the open one.
   */
  of(path) {
    return this.#all().filter((proposal) => proposal.path === path);
  }

  /** `{before, after, current…}` of one. Rejects where that is not what `hash` stands for. */
  async texts(id, hash, signal) {
    const found = await this.#decisions.details(id, signal);
    if (hash !== undefined && found.hash !== hash) throw new Error("another proposal");
    return found;
  }

  isKept(id, hunk) {
    const found = this.#find(id);
    return found ? isKept(this.#host.choices.of(found.action), hunk) : true;
  }

  keep(id, hunk, keep) {
    const found = this.#find(id);
    if (!found) return;
    this.#host.choices.keepHunk(found.action, hunk, keep);
    this.tell();
  }

  /** Tells the page how things are, whether or not that is other than before. */
  tell() {
    this.#tell("proposals", { paths: this.paths, elsewhere: this.elsewhere, created: this.created });
  }

  /**
   * Applies what is kept of one, if it is what `hash` stands for. The server's answer, or null where it was not applied:
   * why is shown.
   */
  async apply(id, hash) {
    const { messageId, action } = this.#find(id) ?? {};
    const choice = action && this.#host.choices.of(action);
    if (!action || !isReady(action, choice)) return null;
    const item = { ...applying(action, choice), hash: hash ?? action.hash };
    const request = () => this.#decisions.applyOne(messageId, item);
    const answer = await this.#host.try("apply", messageId, { action, items: [item] }, request);
    if (answer) this.#host.choices.forget({ id });
    return answer;
  }

  /**
   * `what` is reject, undo or reopen; a rejection may name the `hash` of what was shown, an undo the status that was `seen`:
   * completed or undone.
   */
  async decide(what, id, { reason = "", hash, seen } = {}) {
    const { messageId, action } = this.#find(id) ?? {};
    if (!action) {
      this.#host.failed({ code: "stale" });
      return null;
    }
    const request = () => this.#decisions.decide(what, messageId, { actionId: id, reason, hash, seen });
    return this.#host.try(what, messageId, { action }, request);
  }

  /**
   * Opens the review at a proposal for a file, the newest unless one is named; else at one that would give a file this
   * path. Whether there is one.
   */
  async review(path, id) {
    const all = [...this.of(path), ...this.#all().filter((proposal) => placeOf(proposal) === path)];
    const chosen = all.find((proposal) => proposal.id === id) ?? all[0];
    if (chosen) await this.#host.review(chosen.messageId, chosen.position);
    return Boolean(chosen);
  }

  /** The review's command for a key press, or null: the keys are the same wherever a change is looked at. */
  commandOf(event) {
    return commandOf(event);
  }

  #all() {
    const { id, title } = this.#store.state.conversation;
    const here = openProposals(this.#store.state).map(({ message, action }) => {
      const inTurn = message.status === "streaming";
      const place = { conversationId: id, conversationTitle: title, isElsewhere: false };
      return this.#shown(action, { ...place, messageId: message.id, inTurn });
    });
    const others = this.#project.elsewhere.map((action) =>
      this.#shown(action, {
        conversationId: action.conversation_id,
        conversationTitle: action.conversation_title,
        isElsewhere: action.conversation_id !== id,
        messageId: action.message_id,
        inTurn: false,
      }),
    );
    return [...here, ...others].sort(newestFirst);
  }

  #shown(action, place) {
    const edited = action.id !== undefined && this.#host.choices.of(action).content !== null;
    const ready = !place.inTurn && action.id !== undefined && canApply(action);
    return { ...action, ...place, edited, busy: this.#decisions.isBusy(place.messageId), canApply: ready };
  }

  /** `{messageId, action}`: what the open conversation shows, what waits elsewhere, or what was decided on here. */
  #find(id) {
    for (const message of this.#store.state.messages)
      for (const action of message.actions ?? [])
        if (action.id === id) return { messageId: message.id, action };
    const found = this.#project.find(id);
    return found && { messageId: found.message_id, action: found };
  }
}

/** Where a proposal would put a file that was not there before; nothing of a change. */
function placeOf({ action_type: type, path, to }) {
  return { create_file: path, rename_file: to }[type];
}

function newestFirst(one, other) {
  return other.messageId - one.messageId || other.position - one.position;
}
