// The reasons that are being written for rejections: each belongs to a file and to the very proposal that it was begun for,
// and waits while another file is in sight.
import { keyOf } from "./key.js";

export class Asked {
  #byPath = new Map(); // path → {proposal, key, reason}

  /** `{proposal, key, reason}` of a file, or null. */
  of(path) {
    return this.#byPath.get(path) ?? null;
  }

  begin(path, proposal) {
    this.#byPath.set(path, { proposal, key: keyOf(proposal), reason: "" });
  }

  write(path, reason) {
    const asked = this.#byPath.get(path);
    if (asked) asked.reason = reason;
  }

  drop(path) {
    this.#byPath.delete(path);
  }

  /** `proposal` is the one in sight of the file: where it is another than was asked for, what was asked is given up, and given. */
  settle(path, proposal) {
    const asked = this.of(path);
    if (!asked || (proposal && keyOf(proposal) === asked.key)) return null;
    this.drop(path);
    return asked;
  }
}
