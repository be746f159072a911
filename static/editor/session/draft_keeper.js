// Keeps a draft of every text that is not saved, a moment after it was typed, and drops it once it is.

const PAUSE = 400;

export class DraftKeeper {
  #drafts;
  #waiting = new Map(); // session → timer
  #kept = new Map(); // session → {path, doc}
  #forgotten = new WeakSet();

  constructor(drafts) {
    this.#drafts = drafts;
  }

  /** Something about the session has changed. */
  follow(session) {
    if (this.#forgotten.has(session)) return;
    if (!session.isDirty) return this.#drop(session);
    const kept = this.#kept.get(session);
    if (kept?.doc === session.doc && kept.path === session.path) return;
    if (this.#waiting.has(session)) return;
    const timer = setTimeout(() => this.keep(session), PAUSE);
    this.#waiting.set(session, timer);
  }

  async keep(session) {
    this.#stop(session);
    if (!session.isDirty || this.#forgotten.has(session)) return;
    const { path, doc, text, ends, file } = session;
    const before = this.#kept.get(session)?.path;
    if (await this.#drafts.keep(path, { base: file.digest, ends, text }))
      this.#kept.set(session, { path, doc });
    if (before && before !== path) await this.#drafts.drop(before);
    // Saved or given up while it was being written down.
    if (!session.isDirty || this.#forgotten.has(session)) this.#drop(session);
  }

  /** Whether a crash now would lose something of it. */
  isSafe(session) {
    return !session.isDirty || this.#kept.get(session)?.doc === session.doc;
  }

  flush() {
    return Promise.all([...this.#waiting.keys()].map((session) => this.keep(session)));
  }

  /** Its text is given up. */
  forget(session) {
    this.#forgotten.add(session);
    this.#drop(session);
  }

  #drop(session) {
    this.#stop(session);
    const kept = this.#kept.get(session);
    if (!kept) return;
    this.#kept.delete(session);
    this.#drafts.drop(kept.path);
  }

  #stop(session) {
    clearTimeout(this.#waiting.get(session));
    this.#waiting.delete(session);
  }
}
