// What must survive a reload, in localStorage: drafts, messages not sent yet, the chosen model.

const PREFIX = "webox-chat";

/** A browser may forbid storage or have none left: the panel works on, only forgetful. */
function attempt(action, otherwise = null) {
  try {
    return action() ?? otherwise;
  } catch {
    return otherwise;
  }
}

export class Shelf {
  #project;

  constructor(projectId) {
    this.#project = projectId;
  }

  draft(conversationId) {
    return attempt(() => localStorage.getItem(this.#draftKey(conversationId)), "");
  }

  keepDraft(conversationId, text) {
    this.#put(this.#draftKey(conversationId), text);
  }

  outbox() {
    const items = attempt(() => JSON.parse(localStorage.getItem(this.#key("outbox"))), []);
    return Array.isArray(items) ? items.filter((item) => item?.clientId && item.content) : [];
  }

  keepOutbox(items) {
    this.#put(this.#key("outbox"), items.length ? JSON.stringify(items) : "");
  }

  value(name) {
    return attempt(() => localStorage.getItem(this.#key(name)), "");
  }

  keep(name, value) {
    this.#put(this.#key(name), value);
  }

  #put(key, value) {
    attempt(() => (value ? localStorage.setItem(key, value) : localStorage.removeItem(key)));
  }

  #draftKey(conversationId) {
    return this.#key(`draft:${conversationId ?? "new"}`);
  }

  #key(name) {
    return `${PREFIX}:${this.#project}:${name}`;
  }
}
