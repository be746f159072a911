// What was decided last about each file, here, and can be taken back: it stands in the bar until something new is proposed.

export class Done {
  #byPath = new Map();

  of(path) {
    return this.#byPath.get(path) ?? null;
  }

  /** `done` is `{what, id, revision, origin}`; `waiting` are the file's proposals that wait all the same. */
  keep(path, done, waiting) {
    const known = new Set(waiting.map(({ id }) => id));
    this.#byPath.set(path, { ...done, known: known.add(done.id) });
  }

  drop(path) {
    this.#byPath.delete(path);
  }

  /** Something that was not there when it was decided takes its place. */
  settle(path, waiting) {
    const done = this.#byPath.get(path);
    if (done && waiting.some(({ id }) => !done.known.has(id))) this.drop(path);
  }
}

/** As a sentence to be spoken: what was done, and whose proposal it was. */
export function doneText({ what, revision, origin }, t) {
  return `${t(`inline.done.${what}`, { revision: String(revision ?? "") })} ${t("inline.of", { origin })}`;
}
