// What a tab knows of its project's events: how far it is, and the newest ones, for tabs that have missed some.

const MOST_KEPT = 200;

/** More has happened than is known here: the project is to be read again. */
const everything = (revision) => ({
  revision,
  paths: null,
  gone: [],
  renamed: {},
  origin: null,
  author: null,
  author_id: null,
  client: "",
});

export class Told {
  #since;
  #kept = [];

  /** `revision` is the newest one that this tab knows of. */
  constructor(revision) {
    this.revision = revision;
    this.#since = revision;
  }

  /** Whether a change is news. */
  add(change) {
    if (change.revision <= this.revision) return false;
    this.revision = change.revision;
    this.#kept.push(change);
    while (this.#kept.length > MOST_KEPT) this.#since = this.#kept.shift().revision;
    return true;
  }

  /** Everything up to there has been told. */
  upTo(revision) {
    this.revision = Math.max(this.revision, revision);
  }

  /** The changes that a tab lacks that is at `revision`. */
  after(revision) {
    if (revision >= this.revision) return [];
    if (revision < this.#since) return [everything(this.revision)];
    return this.#kept.filter((change) => change.revision > revision);
  }
}
