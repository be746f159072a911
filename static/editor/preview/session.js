// The address that the server gives for looking at one state of the project; it is renewed while it is looked at.

export class Session {
  #api;
  #given = null;
  #mode = null;
  #timer = 0;

  constructor(api) {
    this.#api = api;
  }

  get url() {
    return this.#given?.url ?? "";
  }

  get token() {
    return this.#given?.token ?? "";
  }

  /** The path of the root below its origin. */
  get root() {
    return new URL(this.url).pathname;
  }

  /** `{kind: "now"}`, `{kind: "revision", number}` or `{kind: "proposal", files}`. */
  async open(mode) {
    this.#mode = mode;
    const given = await this.#ask(mode);
    if (this.#mode !== mode) return;
    this.#given = given;
    this.#renewLater();
  }

  /** The same address for longer, or another one where it has ended. Says whether it is another. */
  async renew() {
    const before = this.url;
    const mode = this.#mode;
    let given;
    try {
      given = await this.#api.post("preview", { renew: this.token });
    } catch (error) {
      if (error.code !== "preview_ended") throw error;
      given = await this.#ask(mode);
    }
    if (this.#mode !== mode) return false;
    this.#given = given;
    this.#renewLater();
    return given.url !== before;
  }

  end() {
    clearTimeout(this.#timer);
  }

  #ask(mode) {
    if (mode.kind === "proposal") return this.#api.post("preview", { overlay: mode.files });
    return this.#api.get("preview", mode.kind === "revision" ? { query: { revision: mode.number } } : {});
  }

  #renewLater() {
    clearTimeout(this.#timer);
    const wait = Math.max(2, this.#given.seconds / 2) * 1000;
    // a lost connection is tried again: the address holds for as long again
    this.#timer = setTimeout(() => this.renew().catch(() => this.#renewLater()), wait);
  }
}
