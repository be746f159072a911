// Which rows of the tree are chosen, and which one the keyboard is at. No DOM.

export class Selection {
  #model;
  #anchor = null;
  active = null;
  paths = new Set();

  constructor(model) {
    this.#model = model;
  }

  /** One row alone. */
  only(path) {
    this.active = this.#anchor = path;
    this.paths = new Set(path === null ? [] : [path]);
  }

  /** The keyboard goes there; what is chosen stays. */
  go(path) {
    this.active = path;
  }

  toggle(path) {
    if (!this.paths.delete(path)) this.paths.add(path);
    this.active = this.#anchor = path;
  }

  /** From where the choice began to here. */
  extend(path) {
    const { rows } = this.#model;
    const ends = [this.#model.indexOf(this.#anchor ?? path), this.#model.indexOf(path)];
    const [first, last] = ends.sort((a, b) => a - b);
    this.paths = new Set(rows.slice(Math.max(first, 0), last + 1).map(({ node }) => node.path));
    this.active = path;
  }

  all() {
    this.paths = new Set(this.#model.rows.map(({ node }) => node.path));
  }

  has(path) {
    return this.paths.has(path);
  }

  /** After files went or moved: what is no more is not chosen, and the keyboard stays about where it was. */
  repair(index) {
    this.paths = new Set([...this.paths].filter((path) => this.#model.get(path)));
    if (this.active !== null && this.#model.indexOf(this.active) >= 0) return;
    const { rows } = this.#model;
    this.active = rows[Math.min(Math.max(index, 0), rows.length - 1)]?.node.path ?? null;
    if (this.#anchor !== null && !this.#model.get(this.#anchor)) this.#anchor = this.active;
  }

  /** What a command is about: what is chosen, else the row that the keyboard is at. */
  get targets() {
    if (this.active !== null && !this.paths.has(this.active)) return [this.active];
    const shown = this.#model.rows.map(({ node }) => node.path).filter((path) => this.paths.has(path));
    return shown.length ? shown : [...this.paths];
  }
}
