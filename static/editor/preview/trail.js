// Where the preview has been: its own back and forward, apart from the browser's. Values in, values out.

const MOST = 100;

export class Trail {
  #places;
  #at = 0;

  constructor(path = "") {
    this.#places = [path];
  }

  get path() {
    return this.#places[this.#at];
  }

  get canGoBack() {
    return this.#at > 0;
  }

  get canGoForward() {
    return this.#at < this.#places.length - 1;
  }

  /** The page went somewhere: by itself, or because it was told to (`step` and `go` have said so already). */
  moved(path) {
    if (path === this.path) return;
    this.#places = [...this.#places.slice(0, this.#at + 1), path].slice(-MOST);
    this.#at = this.#places.length - 1;
  }

  /** One back (-1) or forward (1); where that is, or null. */
  step(by) {
    const next = this.#at + by;
    if (next < 0 || next >= this.#places.length) return null;
    this.#at = next;
    return this.path;
  }
}
