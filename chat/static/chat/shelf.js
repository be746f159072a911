// What must survive a reload, in localStorage: drafts, messages not sent yet, the chosen model. Every tab of the browser
// writes here: each unsent message has a key of its own, so that none takes away another's.

const PREFIX = "webox-chat";

/** A browser may forbid storage or have none left: the panel works on, only forgetful. */
function attempt(action, otherwise = null) {
  try {
    return action() ?? otherwise;
  } catch {
    return otherwise;
  }
}

const parsed = (text) => attempt(() => JSON.parse(text));
const isItem = (item) => Boolean(item?.clientId && item.content);

export class Shelf {
  #start;
  #texts = new Map(); // key → a draft or an edit as this tab last read or wrote it

  /** Where people log in, `user` tells them apart: two may share a browser. */
  constructor(projectId, user = "") {
    const person = user ? `:user-${encodeURIComponent(user)}` : "";
    this.#start = `${PREFIX}:${projectId}${person}`;
  }

  /** What was being written in this tab; in a new one, what was written last in any. */
  draft(conversationId) {
    return this.#written(this.#draftKey(conversationId));
  }

  keepDraft(conversationId, text) {
    this.#write(this.#draftKey(conversationId), text);
  }

  /** `{id, text}`: the message that is being edited and its new text; or null. As with drafts, each tab has its own. */
  edit(conversationId) {
    const edit = parsed(this.#written(this.#editKey(conversationId)));
    return Number.isInteger(edit?.id) && typeof edit.text === "string" ? edit : null;
  }

  keepEdit(conversationId, edit) {
    this.#write(this.#editKey(conversationId), edit ? JSON.stringify(edit) : "");
  }

  /** The conversations that a draft or an edit is kept for, by their ids. */
  written() {
    const all = [() => localStorage, () => sessionStorage];
    const keys = all.flatMap((storage) => attempt(() => Object.keys(storage()), []));
    const starts = [this.#key("draft:"), this.#key("edit:")];
    const ids = starts.flatMap((start) =>
      keys.filter((key) => key.startsWith(start)).map((key) => Number(key.slice(start.length))),
    );
    return [...new Set(ids)].filter((id) => Number.isInteger(id) && id > 0);
  }

  /** Its conversation was deleted on purpose: nobody looks for what was being written there. */
  forgetWritten(conversationId) {
    for (const key of [this.#draftKey(conversationId), this.#editKey(conversationId)]) {
      this.#keepOwn(key, "");
      this.#put(key, "");
      this.#texts.delete(key);
    }
  }

  /** What the page before this one was asked to delete as it went away: nobody else did. Read once. */
  deleted() {
    const key = this.#key("deleted");
    const ids = parsed(attempt(() => sessionStorage.getItem(key)));
    this.#keepOwn(key, "");
    return Array.isArray(ids) ? ids : [];
  }

  keepDeleted(ids) {
    if (ids.length) this.#keepOwn(this.#key("deleted"), JSON.stringify(ids));
  }

  /** The messages not sent yet, of all tabs, in the order in which they were written. */
  outbox() {
    this.#divideOld();
    const items = this.#outboxKeys().map((key) => parsed(localStorage.getItem(key)));
    return items.filter(isItem).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  }

  /** Writes what changed in this tab's outbox since `previous`; what other tabs keep stays. */
  keepOutbox(items, previous = []) {
    const known = new Set(previous);
    const kept = new Set(items.map(({ clientId }) => clientId));
    for (const item of items) if (!known.has(item)) this.#putItem(item);
    for (const { clientId } of previous) if (!kept.has(clientId)) this.#put(this.#itemKey(clientId), "");
  }

  /** What was chosen of a proposal that is not applied yet; see `review/choice.js`. */
  choice(actionId) {
    return parsed(this.value(`choice:${actionId}`));
  }

  keepChoice(actionId, choice) {
    this.keep(`choice:${actionId}`, choice && JSON.stringify(choice));
  }

  /** Which files the person pinned and dropped in a conversation: `{pinned, excluded}`. As with drafts, each tab has its own. */
  contextChoice(conversationId) {
    return parsed(this.#written(this.#contextKey(conversationId))) ?? { pinned: [], excluded: [] };
  }

  keepContextChoice(conversationId, choice) {
    const any = choice.pinned.length + choice.excluded.length > 0;
    const key = this.#contextKey(conversationId);
    this.#write(key, any ? JSON.stringify(choice) : "");
    this.#keepOwn(key, JSON.stringify(choice)); // none at all is a choice, too
  }

  value(name) {
    return attempt(() => localStorage.getItem(this.#key(name)), "");
  }

  keep(name, value) {
    this.#put(this.#key(name), value);
  }

  /** One key once held the whole outbox. */
  #divideOld() {
    const old = parsed(this.value("outbox"));
    const items = Array.isArray(old) ? old.filter(isItem) : [];
    for (const [at, item] of items.entries()) this.#putItem({ at, ...item });
    this.#put(this.#key("outbox"), "");
  }

  #outboxKeys() {
    const start = this.#itemKey("");
    return attempt(() => Object.keys(localStorage), []).filter((key) => key.startsWith(start));
  }

  #putItem(item) {
    this.#put(this.#itemKey(item.clientId), JSON.stringify(item));
  }

  #written(key) {
    const own = attempt(() => sessionStorage.getItem(key), "");
    const text = own || attempt(() => localStorage.getItem(key), "");
    this.#texts.set(key, text);
    return text;
  }

  /** Writes what changed in this tab: its box may be older than what another tab has kept since. */
  #write(key, text) {
    const known = this.#texts.get(key) ?? "";
    if (text === known) return;
    this.#keepOwn(key, text);
    const now = attempt(() => localStorage.getItem(key), "");
    // An emptied box takes away its own text only.
    if ((text || now === known) && !this.#put(key, text)) return;
    this.#texts.set(key, text);
  }

  /** What two tabs write at the same time for one conversation is two texts: each finds its own after a reload. */
  #keepOwn(key, text) {
    attempt(() => (text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key)));
  }

  #put(key, value) {
    return attempt(() => {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
      return true;
    }, false);
  }

  #draftKey(conversationId) {
    return this.#key(`draft:${conversationId ?? "new"}`);
  }

  #editKey(conversationId) {
    return this.#key(`edit:${conversationId ?? "new"}`);
  }

  #contextKey(conversationId) {
    return this.#key(`context:${conversationId ?? "new"}`);
  }

  #itemKey(clientId) {
    return this.#key(`outbox:${clientId}`);
  }

  #key(name) {
    return `${this.#start}:${name}`;
  }
}
