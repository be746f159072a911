// Loads a state of the project into the frame, and again when its files change: compiled first where it must be.
import { Builder } from "./builder.js";
import { Session } from "./session.js";

export const NOW = { kind: "now" };
/** A build that takes longer is worth a word. */
const WORD_AFTER = 400;

export class Loader {
  #studio;
  #frame;
  #tell;
  #session;
  #builder;
  #mode = NOW;
  #revision = 0;
  #stale = null;
  #wanted = null;
  #work = Promise.resolve();

  /** `tell`: fresh() before a page is loaded, building(), built({errors, warnings}), failed(error). */
  constructor(studio, frame, tell) {
    this.#studio = studio;
    this.#frame = frame;
    this.#tell = tell;
    this.#session = new Session(studio.api);
    this.#builder = new Builder(studio.api, studio.given.preview);
  }

  get mode() {
    return this.#mode;
  }

  set mode(mode) {
    this.#mode = mode;
  }

  /** Where in the project's file something stands that a page says. */
  place(said) {
    return this.#builder.place(said);
  }

  /** Another page of the state that is shown. */
  go(path) {
    this.#tell.fresh();
    this.#frame.load(this.#session.url, path);
  }

  /** All of it from the beginning, at a path. The last one asked for is what is shown in the end. */
  show(path) {
    const mode = this.#mode;
    return this.#queue(async () => {
      if (mode !== this.#mode) return;
      await this.#session.open(mode);
      if (mode !== this.#mode) return;
      this.#stale = null;
      this.#wanted = path;
      if (await this.#compile(null)) this.#goWanted();
    });
  }

  /** Files changed: now, or when the preview is seen again. `paths` null: anything may have. */
  changed(revision, paths, isSeen) {
    if (revision && revision <= this.#revision) return;
    this.#revision = revision || this.#revision;
    if (this.#mode.kind === "revision") return;
    this.#stale = { paths: together(this.#stale, paths) };
    if (isSeen) this.catchUp();
  }

  /** What changed while nobody looked. */
  catchUp() {
    const stale = this.#stale;
    if (stale) this.#queue(() => (this.#stale === stale ? this.#update(stale) : null));
  }

  /** The address has ended, or the page left it. Says whether there is a new one. */
  renew() {
    return this.#session.renew();
  }

  /** The page has something that only a compiler can run. Says whether that is done now: it was not done before. */
  needsCompiler() {
    if (!this.#builder.ask()) return false;
    this.#queue(() => this.#update({ paths: null }));
    return true;
  }

  async #update({ paths }) {
    this.#stale = null;
    if (!this.#session.url) return;
    const mayStay = this.#mode.kind === "now" && this.#frame.runs && paths?.length;
    if (mayStay && paths.every((path) => this.#isLoose(path))) {
      this.#frame.restyle(paths);
      return;
    }
    const made = await this.#compile(paths);
    if (!made) return;
    if (this.#wanted) {
      this.#goWanted();
      return;
    }
    if (mayStay && paths.every(isSheet) && made.changed?.every(isSheet)) {
      const sheets = [...new Set([...paths.filter(isStyle), ...made.changed])];
      if (sheets.length) this.#frame.restyle(sheets);
      return;
    }
    this.#tell.fresh();
    this.#frame.reload();
  }

  /** A sheet that the page itself asks for, and no compiler. */
  #isLoose(path) {
    return isStyle(path) && this.#builder.isLoose(path, this.#paths());
  }

  /** What was asked for, and could not be loaded before now. */
  #goWanted() {
    const path = this.#wanted;
    this.#wanted = null;
    this.go(path());
  }

  #queue(task) {
    this.#work = this.#work.then(task).catch((error) => this.#tell.failed(error));
    return this.#work;
  }

  /**
   * What the builder made, or null where nothing can be loaded: what is shown stays when it cannot be compiled, and what
   * changed (`paths`) is still to be shown.
   */
  async #compile(paths) {
    let isDone = false;
    const waiting = setTimeout(() => this.#tell.building(), WORD_AFTER);
    try {
      const follows = this.#mode.kind === "now";
      const made = await this.#builder.prepare(this.#session, this.#paths(), { follows });
      this.#tell.built(made);
      isDone = !made.blocked;
      return isDone ? made : null;
    } finally {
      clearTimeout(waiting);
      if (!isDone) this.#putBack(paths);
    }
  }

  /** Into the same object where there is one: its turn is queued already. */
  #putBack(paths) {
    this.#stale = Object.assign(this.#stale ?? {}, { paths: together(this.#stale, paths) });
  }

  #paths() {
    const proposed = this.#mode.kind === "proposal" ? Object.keys(this.#mode.files) : [];
    return [...this.#studio.tree.paths(), ...proposed];
  }
}

/** What was stale, and more of it; null: anything may be. */
function together(stale, paths) {
  const before = stale ? stale.paths : [];
  return paths && before ? [...new Set([...before, ...paths])] : null;
}

function isStyle(path) {
  return path.endsWith(".css") && !path.endsWith(".module.css");
}

/** What is seen of it comes out of the compiler. */
function isSheet(path) {
  return isStyle(path) || /\.s[ac]ss$/.test(path);
}
