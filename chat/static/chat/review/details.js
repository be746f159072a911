// The texts of proposals, fetched when they are looked at and kept while they hold: a new hash is another text.

export class Details {
  #load;
  #onNews;
  #known = new Map(); // id → {key, hash, state: "loading" | "ready" | "failed", data, error}
  #leaving = new AbortController();

  /** `load(id, signal)` fetches; `onNews()` hears that something has come. */
  constructor(load, onNews) {
    this.#load = load;
    this.#onNews = onNews;
  }

  of(action) {
    const key = `${action.hash} ${action.status} ${action.revision} ${action.undone_by}`;
    const known = this.#known.get(action.id);
    if (known?.key === key) return known;
    return this.#fetch(action, key, known);
  }

  /** What is known of one by now; nothing is fetched. */
  known({ id, hash }) {
    const found = this.#known.get(id);
    return found && found.hash === hash ? found.data : null;
  }

  /** Forgets what was fetched: it may be out of date, or failed. */
  forget(id) {
    this.#known.delete(id);
  }

  close() {
    this.#leaving.abort();
  }

  #fetch({ id, hash }, key, before) {
    // The same proposal in another state has the same texts; they stay while the new ones come.
    const data = before?.hash === hash ? before.data : null;
    const entry = { key, hash, state: "loading", data, error: null };
    this.#known.set(id, entry);
    this.#load(id, this.#leaving.signal)
      .then((data) => Object.assign(entry, { state: "ready", data }))
      .catch((error) => Object.assign(entry, { state: "failed", error }))
      .finally(() => this.#leaving.signal.aborted || this.#onNews());
    return entry;
  }
}
