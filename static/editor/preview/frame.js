// The frame that hostile pages run in: another origin, sandboxed. It is told nothing but what it knows already, and
// whatever it says is only ever text (received.js).
import { h } from "../dom.js";
import { Budget, received } from "./received.js";

const RELOAD_WITHIN = 800;
const PING_EVERY = 3000;
const ALIVE_WITHIN = 4000;
const LIMITS = { shown: 250, tolerated: 1000 };

export class Frame extends EventTarget {
  #stage;
  #title;
  #frame = null;
  #root = "";
  #path = "";
  #budget = new Budget(LIMITS);
  #scroll = new Map();
  #late = 0;
  #pings = 0;
  #asked = 0;
  #heard = false;

  constructor(stage, title) {
    super();
    this.#stage = stage;
    this.#title = title;
    addEventListener("message", (event) => this.#hear(event));
    this.#pings = setInterval(() => this.#ping(), PING_EVERY);
  }

  get path() {
    return this.#path;
  }

  get runs() {
    return this.#frame !== null;
  }

  /** The page at a path below a root, in a new frame: whatever ran in the old one ends. */
  load(root, path) {
    this.#root = root;
    this.#path = path;
    this.#remove();
    this.#budget = new Budget(LIMITS);
    this.#frame = h("iframe", {
      class: "preview-frame",
      title: this.#title,
      sandbox: "allow-scripts allow-forms",
      referrerpolicy: "no-referrer",
      allow: "",
      src: root + path,
    });
    this.#stage.append(this.#frame);
    this.#awaitReady();
  }

  /** The same page again, where it was; a page that does not do it itself is taken away and loaded. */
  reload(root = this.#root) {
    if (!this.#frame || root !== this.#root) {
      this.load(root, this.#path);
      return;
    }
    this.#send({ type: "reload" });
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.load(this.#root, this.#path), RELOAD_WITHIN);
  }

  /** Style sheets alone, if the page can; else it is loaded again. */
  restyle(paths) {
    if (!this.#frame) return;
    this.#send({ type: "style", paths });
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.reload(), RELOAD_WITHIN);
  }

  stop() {
    clearTimeout(this.#late);
    this.#remove();
  }

  end() {
    this.stop();
    clearInterval(this.#pings);
  }

  #remove() {
    this.#frame?.remove();
    this.#frame = null;
    this.#asked = 0;
    this.#heard = false;
  }

  /** A page that could not be loaded says nothing at all. */
  #awaitReady() {
    clearTimeout(this.#late);
    const frame = this.#frame;
    frame.addEventListener("load", () => {
      if (!this.#heard) this.#late = setTimeout(() => this.#tell("silent"), RELOAD_WITHIN);
      this.#heard = false; // what is loaded next has to speak for itself
    });
  }

  /** Its origin is `null`, which proves nothing: the window it comes from does. */
  #hear(event) {
    if (!this.#frame || event.source !== this.#frame.contentWindow) return;
    const verdict = this.#budget.take(performance.now());
    if (verdict === "stop") {
      this.stop();
      this.#tell("flooded");
    }
    if (verdict !== "ok") return;
    const message = received(event.data);
    if (message) this.#take(message);
  }

  #take(message) {
    if (message.type === "alive") this.#asked = 0;
    else if (message.type === "scroll") this.#scroll.set(this.#path, { x: message.x, y: message.y });
    else if (message.type === "restyled") clearTimeout(this.#late);
    else if (message.type === "restyle-failed") this.reload();
    else if (message.type === "ready") this.#isReady(message);
    else if (message.type === "where") this.#isAt(message.path);
    else this.#tell("said", message);
  }

  #isReady(message) {
    clearTimeout(this.#late);
    this.#heard = true;
    this.#asked = 0;
    this.#isAt(message.path);
    const place = this.#scroll.get(this.#path);
    if (place) this.#send({ type: "scroll", ...place });
    this.#tell("ready", message);
  }

  #isAt(path) {
    const changed = path !== this.#path;
    this.#path = path;
    if (changed) this.#tell("moved", { path });
  }

  /** Nothing secret, as anybody may be in the frame by now. */
  #send(message) {
    this.#frame?.contentWindow?.postMessage({ webox: "studio", ...message }, "*");
  }

  #ping() {
    if (!this.#frame || document.hidden) return;
    if (this.#asked && performance.now() - this.#asked > ALIVE_WITHIN) this.#tell("hangs");
    if (!this.#asked) {
      this.#asked = performance.now();
      this.#send({ type: "ping" });
    }
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
