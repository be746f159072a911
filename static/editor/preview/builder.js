// Compiles what a project's pages cannot run as they are, before they are loaded: in a worker, which is fetched when a
// project first has something to compile. What comes out is left with the server, which serves it in its source's place.
import { startWorker } from "../trusted.js";
import { mayNeedBuild } from "./compiler/entries.js";
import { originalPlace } from "./source_map.js";

const ANSWER_WITHIN = 30_000;

export class Builder {
  #api;
  #given;
  #worker = null;
  #turn = 0;
  #revision = null;
  #token = "";
  #kept = "";
  #maps = {};
  #entries = [];

  constructor(api, given) {
    this.#api = api;
    this.#given = given;
  }

  /** Compiles what has to be; what went wrong. A project with nothing to compile costs nothing. */
  async prepare(session, paths, { follows }) {
    if (!this.#entries.length && !mayNeedBuild(paths)) return [];
    const sources = await this.#sources(session, follows);
    const made = await this.#ask({
      changes: { whole: sources.whole, files: sources.files, gone: sources.gone },
      packages: this.#given.packages,
      root: session.root,
      wasm: this.#given.wasm,
    });
    this.#entries = made.entries;
    if (!made.errors.length) await this.#keep(session, made);
    return made.errors;
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

  async #keep(session, { outputs, maps }) {
    this.#maps = maps;
    const made = JSON.stringify(outputs);
    const key = `${session.token} ${made}`;
    if (key === this.#kept || (!this.#kept && made === "{}")) return;
    await this.#api.put("preview/build", { token: session.token, outputs });
    this.#kept = key;
  }
}
