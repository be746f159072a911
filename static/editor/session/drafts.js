// Text that is not saved yet, kept in the browser: a crash, a reload or a dead server loses none of it.
//
// A draft is `{key, client, user, project, path, base, ends, text, at}`. Every page keeps its own, under its client id, and holds a
// lock of that name for as long as it lives: a draft whose page is gone is up for the next page that opens the file.

const NAME = "webox-studio";
const STORE = "drafts";
const LOCK = "webox-studio:";
/** Where there are no locks (plain HTTP), a page that has not written for so long counts as gone. */
const SILENT = 10_000;
const MOST_AGE = 30 * 86_400_000;

export class Drafts {
  #place; // {user, project, client}
  #store;
  #locks;

  constructor(place, { store = new DraftStore(), locks = globalThis.navigator?.locks } = {}) {
    this.#place = place;
    this.#store = store;
    this.#locks = locks;
    locks?.request(LOCK + place.client, () => new Promise(() => {})); // held until the page goes
  }

  /** Whether it is kept: a full disk or a private window says no. */
  async keep(path, { base, ends, text }) {
    const draft = { ...this.#place, path, base, ends, text, at: Date.now() };
    return this.#store.put({ key: this.#key(path), ...draft });
  }

  async drop(path) {
    await this.#store.remove(this.#key(path));
  }

  /** Takes over what dead pages of this person left of this project: the newest of each path. */
  async adopt() {
    const [all, alive] = await Promise.all([this.#store.all(), this.#alive()]);
    const left = orphans(all, this.#place, alive);
    for (const draft of left.old) await this.#store.remove(draft.key);
    return left.found;
  }

  /** An adopted draft is this page's own from here on. */
  async forget(draft) {
    await this.#store.remove(draft.key);
  }

  async #alive() {
    if (!this.#locks) return null;
    const { held } = await this.#locks.query();
    return new Set(held.map(({ name }) => name.startsWith(LOCK) && name.slice(LOCK.length)).filter(Boolean));
  }

  #key(path) {
    const { user, project, client } = this.#place;
    return JSON.stringify([user, project, path, client]);
  }
}

/** `{found, old}`: the newest draft of each path whose page is gone, and those nobody will want any more. */
export function orphans(all, { user, project, client }, alive, now = Date.now()) {
  const isGone = (draft) => (alive ? !alive.has(draft.client) : now - draft.at > SILENT);
  const old = all.filter((draft) => now - draft.at > MOST_AGE);
  const mine = all.filter(
    (draft) => draft.user === user && draft.project === project && draft.client !== client && isGone(draft),
  );
  const newest = new Map();
  for (const draft of mine.filter((draft) => !old.includes(draft)).sort((a, b) => a.at - b.at)) {
    newest.set(draft.path, draft);
  }
  return { found: [...newest.values()], old };
}

/** IndexedDB, as promises; where there is none, nothing is kept and `put` says so. */
export class DraftStore {
  #opened = null;

  async put(draft) {
    return this.#run("readwrite", (store) => store.put(draft)).then(
      () => true,
      () => false,
    );
  }

  async remove(key) {
    await this.#run("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  async all() {
    return this.#run("readonly", (store) => store.getAll()).catch(() => []);
  }

  async #run(mode, work) {
    const database = await this.#open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  #open() {
    this.#opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.#opened;
  }
}
