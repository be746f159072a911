// What is said about files beside their names: not saved, proposals of the assistant, who else is there.

export class Marks {
  byPath = new Map();
  folders = new Set();

  /** `count` false or 0 takes the mark away; for "here" it is the names. */
  set(path, kind, count) {
    const marks = this.byPath.get(path) ?? new Map();
    if (count) marks.set(kind, count);
    else marks.delete(kind);
    if (marks.size) this.byPath.set(path, marks);
    else this.byPath.delete(path);
    this.#count();
  }

  /** All marks of a kind anew: `{path: count}`. */
  setAll(kind, counts) {
    for (const path of [...this.byPath.keys()]) if (!Object.hasOwn(counts, path)) this.set(path, kind, 0);
    for (const [path, count] of Object.entries(counts)) this.set(path, kind, count);
  }

  #count() {
    this.folders = new Set();
    for (const path of this.byPath.keys()) {
      for (let cut = path.lastIndexOf("/"); cut > 0; cut = path.lastIndexOf("/", cut - 1)) {
        this.folders.add(path.slice(0, cut));
      }
    }
  }
}
