// Where the page is, as the project sees it: below the signed address, or, in a single page application, at the paths
// that its router knows. There the document's own address is made the project's (`/users/7`), so that a router needs to
// know nothing of the signed prefix; a `<base>` from the server keeps what is relative below it.

export class Address {
  #root;
  #masked;

  constructor(root, masks) {
    this.#root = root;
    this.#masked = masks && this.#mask();
  }

  get isMasked() {
    return this.#masked;
  }

  /** Of the page itself: `users/7?a#b`. */
  get path() {
    return this.within(location.href) ?? "";
  }

  /** The path of an address below the project's root, or null for one that is elsewhere. `/about` means that root. */
  within(address) {
    if (address.startsWith(this.#root)) return address.slice(this.#root.length);
    const { origin, pathname, search, hash } = new URL(address);
    return origin === new URL(this.#root).origin ? pathname.slice(1) + search + hash : null;
  }

  /** Where a path is loaded from. */
  of(path) {
    return new URL(path, this.#root).href;
  }

  /** What the history is to be given for an address that the page gave it. */
  shown(address) {
    if (address === undefined || address === null) return address;
    const path = this.within(new URL(address, document.baseURI).href);
    if (path === null) return address;
    return this.#masked ? `/${path}` : this.of(path);
  }

  #mask() {
    try {
      history.replaceState(history.state, "", `/${location.href.slice(this.#root.length)}`);
      return true;
    } catch {
      return false; // a browser that does not let a sandboxed page; the prefix is seen then
    }
  }
}
