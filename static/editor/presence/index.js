// What happens in the project while the page is open: others' changes, and who is there. One stream, which is closed
// while nobody looks at the page (a browser holds only six connections to a server) and goes on where it was.
import { People } from "./people.js";

const HIDDEN_FOR = 20_000;
const SETTLES_IN = 250;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 30_000;
const OVER = [401, 403, 404];

export function startPresence(studio) {
  const follower = new ProjectFollower(studio);
  studio.changed = (detail) => follower.own(detail);
  follower.start();
  return follower;
}

class ProjectFollower {
  #studio;
  #people;
  #source = null;
  #told = new Set();
  #after = null;
  #path = null;
  #shown = null;
  #retry = FIRST_RETRY;
  #timers = {};
  #isOver = false;

  constructor(studio) {
    this.#studio = studio;
    this.#after = studio.given.revision; // what has happened since the page was drawn is told, too
    this.#people = new People(studio);
  }

  start() {
    const { bus } = this.#studio;
    for (const name of ["file:opened", "file:shown"]) {
      bus.addEventListener(name, ({ detail }) => this.#shows(detail.path));
    }
    document.addEventListener("visibilitychange", () => this.#seen());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.#open());
    addEventListener("online", () => this.#open());
    this.#open();
  }

  /** Something that this page has just done: told at once, and not again when the server tells it. */
  own(detail) {
    this.#told.add(detail.revision);
    this.#studio.tell("files:changed", { gone: [], renamed: {}, origin: "user", ...detail, mine: true });
  }

  #open() {
    if (this.#source || this.#isOver || document.hidden) return;
    const { api } = this.#studio;
    this.#shown = this.#path;
    const query = { client: api.client, path: this.#path, after: this.#after };
    const source = new EventSource(api.url("events", query));
    this.#source = source;
    source.addEventListener("files.changed", (event) => this.#changed(JSON.parse(event.data)));
    source.addEventListener("presence", (event) => this.#people.show(JSON.parse(event.data).people));
    source.addEventListener("ready", (event) => this.#ready(JSON.parse(event.data)));
    source.addEventListener("access.ended", () => this.#end());
    source.addEventListener("error", () => this.#failed(source));
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  /** The server knows this page from here on: what was told before may have come too early. */
  #ready({ revision }) {
    this.#after = revision;
    this.#retry = FIRST_RETRY;
    if (this.#path !== this.#shown) this.#tellWhere();
  }

  #changed(detail) {
    this.#after = detail.revision;
    if (this.#told.delete(detail.revision)) return;
    const mine = detail.client === this.#studio.api.client;
    this.#studio.tell("files:changed", { ...detail, mine });
    if (!mine) this.#people.told(detail, this.#path);
  }

  /** The browser comes again by itself, unless the server has refused: then somebody has to look why. */
  #failed(source) {
    if (source.readyState !== EventSource.CLOSED || source !== this.#source) return;
    this.#source = null;
    clearTimeout(this.#timers.retry);
    this.#timers.retry = setTimeout(() => this.#again(), this.#retry);
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
  }

  async #again() {
    try {
      await this.#studio.api.get("files", { query: { limit: 1 } });
    } catch (error) {
      if (OVER.includes(error.status)) return this.#end();
    }
    return this.#open();
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#close();
    this.#people.show([]);
    const { t } = this.#studio;
    const action = { label: t("presence.projects"), run: () => location.assign("/") };
    this.#studio.notice(t("presence.ended"), { kind: "error", key: "access", action });
    this.#studio.tell("access:ended", {});
  }

  #seen() {
    clearTimeout(this.#timers.hidden);
    if (document.hidden) this.#timers.hidden = setTimeout(() => this.#close(), HIDDEN_FOR);
    else this.#open();
  }

  /** Others see where one is, once one stays there. */
  #shows(path) {
    this.#path = path;
    clearTimeout(this.#timers.shows);
    this.#timers.shows = setTimeout(() => this.#tellWhere(), SETTLES_IN);
  }

  async #tellWhere() {
    try {
      await this.#studio.api.post("presence", { client: this.#studio.api.client, path: this.#path });
    } catch (error) {
      if (!error.status && error.name !== "ApiError") throw error; // the stream knows when the server is away
    }
  }
}
