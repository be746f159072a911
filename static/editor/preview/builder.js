// Compiles what a project's pages cannot run as they are, before they are loaded: in a worker, which is fetched when a
// project first has something to compile. What comes out is left with the server, which serves it in its source's place.
import { startWorker } from "../trusted.js";
import { mayNeedBuild } from "./compiler/entries.js";
import { originalPlace } from "./source_map.js";

const ANSWER_WITHIN = 30_000;
const NOTHING = { errors: [], warnings: [], changed: [], blocked: false };

export class Builder {
  #api;
  #given;
  #worker = null;
  #turn = 0;
  #revision = null;
  #token = "";
  #kept = "";
  #outputs = {};
  #maps = {};
  #isAsked = false;
  #entries = 0;
  #read = new Set();
  #known = null;

  constructor(api, given) {
    this.#api = api;
    this.#given = given;
  }

  /** A page has something to compile that no file's name tells. Whether that is news. */
  ask() {
    const isNews = !this.#isAsked;
    this.#isAsked = true;
    return isNews;
  }

  /**
   * Compiles what has to be: `{errors, warnings, changed, blocked}`, the paths where something else stands than before,
   * or null where all of it is new; `blocked` where no page can be shown. A project with nothing to compile costs nothing.
   */
  async prepare(session, paths, { follows }) {
    this.#known = new Set(paths);
    if (!this.#entries && !this.#isAsked && !mayNeedBuild(paths)) return NOTHING;
    const sources = await this.#sources(session, follows);
    const made = await this.#ask({
      changes: { whole: sources.whole, files: sources.files, gone: sources.gone },
      packages: this.#given.packages,
      root: session.root,
      wasm: this.#given.wasm,
    });
    this.#entries = made.entries;
    const { errors, warnings, blocked } = made;
    this.#read = errors.length ? null : new Set(made.read);
    return { errors, warnings, blocked, changed: blocked ? [] : await this.#keep(session, made) };
  }

  /**
   * Whether nothing that was compiled depends on a style sheet of the project: neither new nor gone since (what Sass
   * finds by a name may be another file then), in no sheet of Sass, and at no output's path. After a failure, unknown.
   */
  isLoose(path, paths) {
    const isSame = this.#known?.has(path) && paths.includes(path);
    return Boolean(isSame && this.#read && !this.#read.has(path) && !Object.hasOwn(this.#outputs, path));
  }

  /** Where in the project's file something stands that a compiled file says. */
  place(said) {
    const map = this.#maps[said.file];
    const found = map ? originalPlace(map, said.line, said.column) : null;
    return found ? { ...said, ...found } : said;
  }

  end() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#revision = null;
  }

  async #sources(session, follows) {
    const same = follows && this.#token === session.token && this.#worker && this.#revision !== null;
    const query = { token: session.token, since: same ? this.#revision : null };
    const sources = await this.#api.get("preview/sources", { query });
    this.#token = session.token;
    this.#revision = sources.revision;
    return sources;
  }

  /** The worker forgets nothing between builds; one that hangs on hostile text is ended. */
  #ask(question) {
    this.#worker ??= startWorker("preview");
    const worker = this.#worker;
    const id = ++this.#turn;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.end();
        reject(new Error("timeout"));
      }, ANSWER_WITHIN);
      worker.addEventListener("message", function hear({ data }) {
        if (data.id !== id) return;
        clearTimeout(late);
        worker.removeEventListener("message", hear);
        resolve(data);
      });
      worker.addEventListener("error", reject, { once: true });
      worker.postMessage({ id, ...question });
    });
  }

  /** What could not be compiled again stays as it was. */
  async #keep(session, { outputs: compiled, maps, failed }) {
    const before = this.#kept === session.token ? this.#outputs : null;
    const kept = before ? failed.filter((path) => Object.hasOwn(before, path)) : [];
    const outputs = { ...compiled, ...Object.fromEntries(kept.map((path) => [path, before[path]])) };
    const changed = before && differing(before, outputs);
    this.#maps = maps;
    if (changed ? changed.length : Object.keys(outputs).length) {
      await this.#api.put("preview/build", { token: session.token, outputs });
      this.#kept = session.token;
      this.#outputs = outputs;
    }
    return changed;
  }
}

function differing(before, after) {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]);
}
