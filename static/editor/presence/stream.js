// A project's events, read once for all tabs of the browser that show it. One tab reads them from the server and tells the
// others; when it goes, or nobody has looked at it for a while, the next one goes on where it is itself: nothing is
// missing, nothing comes twice. Changes of files are numbered by the server. What passes by is counted by the tab that
// reads: one that finds that it has missed some says `ready`, and everything that may have changed is read anew.
import { newId } from "../ids.js";
import { Told } from "./told.js";

const HIDDEN_FOR = 20_000;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 30_000;
const TYPES = ["files.changed", "proposals.changed", "conversation.changed", "presence", "access.ended"];
/** News of no revision. */
const PASSING = ["proposals.changed", "conversation.changed"];
const CLOSED = 2;

export class ProjectStream {
  #sharing;
  #address;
  #told;
  #onEvent;
  #isRefused;
  #Source;
  #page;
  #people = null;
  #path = null; // that the browser's last tab to be looked at shows
  #turn = null; // while this tab takes part
  #again = null; // opens the source anew
  #mark = null; // how much has passed by since the stream began: `{stream, count}`
  #leads = false;
  #slot = null;
  #isOver = false;
  #retry = FIRST_RETRY;
  #hidden;

  /**
   * `address(query)` is the stream's, `after` the revision that the page was drawn with, `onEvent(type, data)` gets what
   * happens, `isRefused()` answers whether the server does not let the person in any more.
   */
  constructor({
    sharing,
    address,
    after,
    onEvent,
    isRefused,
    Source = globalThis.EventSource,
    page = globalThis,
  }) {
    this.#sharing = sharing;
    this.#address = address;
    this.#told = new Told(after);
    this.#onEvent = onEvent;
    this.#isRefused = isRefused;
    this.#Source = Source;
    this.#page = page;
  }

  start() {
    const page = this.#page;
    page.document.addEventListener("visibilitychange", () => this.#seen());
    page.addEventListener("pagehide", () => this.#close());
    page.addEventListener("pageshow", (event) => event.persisted && this.#open());
    page.addEventListener("online", () => this.#open());
    this.#sharing.hear((news) => this.#hear(news));
    this.#open();
  }

  /** Whoever reads says so when it comes (again) to the server. */
  shows(path) {
    if (path === this.#path) return false;
    this.#sharing.tell({ type: "where", path });
    this.#where(path);
    return true;
  }

  #open() {
    if (this.#turn || this.#isOver || this.#page.document.hidden) return;
    this.#turn = new AbortController();
    this.#takePart(this.#turn.signal);
  }

  #close() {
    this.#turn?.abort();
    this.#turn = null;
  }

  #seen() {
    clearTimeout(this.#hidden);
    if (this.#page.document.hidden) this.#hidden = setTimeout(() => this.#close(), HIDDEN_FOR);
    else this.#open();
  }

  async #takePart(signal) {
    if (!this.#sharing.works) return this.#read(signal);
    this.#ask();
    const lead = await this.#sharing.lead(signal);
    if (!lead) return;
    await this.#read(signal);
    lead();
  }

  // --- Reading from the server

  async #read(signal) {
    this.#leads = true;
    this.#mark = null; // until the stream has begun
    while (!signal.aborted) {
      const stays = await this.#hasSlot();
      const end = await this.#connect(signal, stays);
      if (end === "refused") await this.#knocks(signal);
    }
    this.#leads = false;
    this.#slot?.();
    this.#slot = null;
  }

  /** One of the browser's streams is taken for this project, if there is one left. */
  async #hasSlot() {
    const slot = this.#slot ? null : await this.#sharing.slot();
    if (this.#slot || !this.#leads) slot?.();
    else this.#slot = slot;
    return this.#slot !== null;
  }

  /** Resolves when this connection is of no more use: "refused", or because another one is wanted. */
  #connect(signal, stays) {
    if (signal.aborted) return "left";
    return new Promise((resolve) => {
      const path = this.#path;
      const query = { path, after: this.#told.revision, ...(stays ? {} : { wait: "0" }) };
      const source = new this.#Source(this.#address(query));
      const end = (why) => {
        source.close();
        signal.removeEventListener("abort", leave);
        this.#again = null;
        resolve(why);
      };
      const leave = () => end("left");
      signal.addEventListener("abort", leave);
      // The address says where the person is, and each asking says it again.
      this.#again = () => stays || end("moved");
      for (const type of TYPES)
        source.addEventListener(type, ({ data }) => this.#got(type, JSON.parse(data)));
      source.addEventListener("ready", ({ data }) => {
        this.#ready(JSON.parse(data), path);
        if (!stays) this.#hasSlot().then((has) => has && end("stays"));
      });
      // The browser comes again by itself, unless the server has refused: then somebody has to look why.
      source.addEventListener("error", () => source.readyState === CLOSED && end("refused"));
    });
  }

  /** Waits and looks whether the person may still come in. */
  async #knocks(signal) {
    await pause(this.#retry, signal);
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
    if (!signal.aborted && (await this.#isRefused())) this.#got("access.ended", {});
  }

  /** The server knows this browser from here on: what was said before may have come too early. */
  #ready({ revision }, path) {
    const before = this.#told.revision;
    this.#told.upTo(revision);
    this.#retry = FIRST_RETRY;
    this.#mark = { stream: newId(), count: 0 };
    this.#tell([{ type: "ready", data: { revision } }], before);
    this.#onEvent("ready", {});
    if (this.#path !== path) this.#onEvent("moved", { path: this.#path });
  }

  #got(type, data) {
    const before = this.#told.revision;
    if (this.#mark && PASSING.includes(type)) this.#mark.count += 1;
    this.#tell([{ type, data }], before);
    this.#take(type, data);
  }

  // --- Between the tabs

  #tell(events, before) {
    this.#sharing.tell({ type: "told", before, events, mark: this.#mark });
  }

  #ask() {
    this.#sharing.tell({ type: "asked", after: this.#told.revision });
  }

  #hear(news) {
    if (news.type === "where") this.#where(news.path);
    else if (news.type === "asked") this.#answer(news.after);
    else if (news.type === "told" && this.#turn && !this.#leads) this.#hearTold(news);
  }

  #where(path) {
    this.#path = path;
    this.#again?.();
  }

  /** A tab that has just come, or has missed something. */
  #answer(after) {
    if (!this.#leads) return;
    const changes = this.#told.after(after).map((data) => ({ type: "files.changed", data }));
    const people = this.#people ? [{ type: "presence", data: this.#people }] : [];
    const at = { type: "at", data: { revision: this.#told.revision } };
    this.#tell([...changes, ...people, at], after);
    if (this.#path !== null) this.#sharing.tell({ type: "where", path: this.#path });
  }

  #hearTold({ before, events, mark }) {
    const over = events.some(({ type }) => type === "access.ended");
    const lacks = before > this.#told.revision && !over;
    if (lacks) this.#ask(); // for the files: the rest would not be told again
    const heard = lacks ? events.filter(({ type }) => PASSING.includes(type)) : events;
    for (const { type, data } of heard) this.#take(type, data);
    if (mark && !over) this.#count(mark, heard);
  }

  /** Whether nothing has passed by unheard. */
  #count(mark, heard) {
    const passed = heard.filter(({ type }) => PASSING.includes(type)).length;
    const follows = this.#mark?.stream === mark.stream && this.#mark.count + passed === mark.count;
    this.#mark = mark;
    if (!follows && !heard.some(({ type }) => type === "ready")) this.#onEvent("ready", {});
  }

  #take(type, data) {
    if (type === "files.changed" && !this.#told.add(data)) return;
    if (type === "ready" || type === "at") this.#told.upTo(data.revision);
    if (type === "presence") this.#people = data;
    if (type === "access.ended") this.#end();
    this.#onEvent(type, data);
  }

  #end() {
    this.#isOver = true;
    this.#close();
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
