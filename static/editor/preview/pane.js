// The preview's pane: the bar, the page, its console, and what connects them.
import { Banners } from "../banners.js";
import { h } from "../dom.js";
import { reasonOf } from "../history/reason.js";
import { ConsoleView } from "./console_view.js";
import { Frame } from "./frame.js";
import { Loader, NOW } from "./loader.js";
import { buildEntry, entryOf, questionOf } from "./said.js";
import { Toolbar } from "./toolbar.js";
import { Trail } from "./trail.js";

const MOMENTS = 100;

export class PreviewPane {
  #studio;
  #t;
  #element;
  #frame;
  #loader;
  #console;
  #banners;
  #toolbar;
  #stage = h("div", { class: "preview-stage" });
  #trail;
  #proposal = null;
  #width = 0;

  /** `alone`: on a page of its own. */
  constructor(studio, element, { path = "", revision = null, alone = false } = {}) {
    this.#studio = studio;
    this.#t = studio.t;
    this.#element = element;
    this.#trail = new Trail(path);
    this.#build(alone);
    this.#listen();
    this.#choose(revision ? { kind: "revision", number: revision } : NOW);
  }

  reload() {
    return this.#loader.show(() => this.#trail.path);
  }

  stop() {
    this.#frame.stop();
    this.#banners.clear("trouble", "silent");
    const text = this.#t("preview.stopped");
    this.#banners.say("state", { text, actions: [this.#again("preview.start")] });
  }

  /** The project as it would be with a proposal; `files: null` goes back to what is. */
  propose({ files }) {
    this.#proposal = files;
    this.#choose(files ? { kind: "proposal", files } : NOW);
  }

  #build(alone) {
    const t = this.#t;
    const act = {
      back: () => this.#step(-1),
      forward: () => this.#step(1),
      reload: () => this.reload(),
      stop: () => this.stop(),
      go: (path) => this.#go(path),
      width: (width) => this.#setWidth(width),
      moment: (number) => this.#choose(number ? { kind: "revision", number } : NOW),
      moments: () => this.#loadMoments(),
    };
    this.#banners = new Banners(h("div"), t, () => this.#toolbar.focus());
    this.#frame = new Frame(this.#stage, t("preview.page"));
    this.#console = new ConsoleView(t, {
      open: this.#studio.open ? ({ file, line, column }) => this.#studio.open(file, { line, column }) : null,
      fix: this.#studio.chat ? (entry) => this.#fix(entry) : null,
      onproblems: (problems) => this.#studio.tell("problems", problems),
    });
    this.#loader = new Loader(this.#studio, this.#frame, {
      fresh: () => this.#fresh(),
      building: () => this.#banners.say("build", { text: t("preview.compiling") }),
      built: (made) => this.#built(made),
      failed: (error) => this.#failed(error),
    });
    this.#toolbar = new Toolbar(t, act, alone ? null : (path) => this.#tabAddress(path));
    const { element: bar } = this.#toolbar;
    this.#element.append(bar, this.#banners.element, this.#stage, this.#console.element);
    new ResizeObserver(() => this.#fit()).observe(this.#stage);
  }

  #listen() {
    const { bus, panes } = this.#studio;
    const isSeen = () => panes.isShown("preview");
    bus.addEventListener("file:saved", ({ detail }) =>
      this.#loader.changed(detail.revision, [detail.path], isSeen()),
    );
    bus.addEventListener("files:changed", ({ detail }) =>
      this.#loader.changed(detail.revision, detail.paths, isSeen()),
    );
    bus.addEventListener("panes", ({ detail }) => {
      if (detail.name === "preview" && detail.shown) this.#loader.catchUp();
    });
    const frame = this.#frame;
    frame.addEventListener("ready", ({ detail }) => this.#ready(detail));
    frame.addEventListener("moved", ({ detail }) => this.#moved(detail.path));
    frame.addEventListener("said", ({ detail }) => this.#hear(detail));
    frame.addEventListener("hangs", () => this.#trouble("hangs"));
    frame.addEventListener("flooded", () => this.#trouble("flooded"));
    frame.addEventListener("silent", () => this.#silent());
  }

  // --- What is loaded

  #choose(mode) {
    this.#loader.mode = mode;
    this.#refresh();
    this.#showSides();
    this.reload();
  }

  #fresh() {
    this.#banners.clear("state", "trouble", "silent", "outside");
    this.#console.clearPage();
  }

  #built({ errors, warnings, blocked }) {
    this.#banners.clear("build", "state");
    this.#console.clearBuild();
    for (const one of [...errors, ...warnings]) this.#console.add(buildEntry(one, this.#t));
    if (!errors.length) return;
    const text = this.#t(blocked ? "preview.build_failed" : "preview.build_partly", { count: errors.length });
    this.#banners.say("build", { text, kind: "danger" });
  }

  #failed({ message }) {
    const text = this.#t("preview.failed", { message });
    this.#banners.clear("build");
    this.#banners.say("state", { text, kind: "danger", actions: [this.#again("preview.retry")] });
  }

  // --- Where it is

  #ready({ path }) {
    this.#banners.clear("silent", "trouble");
    this.#moved(path);
  }

  #moved(path) {
    this.#trail.moved(path);
    this.#refresh();
  }

  #step(by) {
    const path = this.#trail.step(by);
    if (path === null) return;
    this.#refresh();
    this.#loader.go(path);
  }

  #go(path) {
    this.#moved(path);
    this.#loader.go(path);
  }

  #refresh() {
    const { mode } = this.#loader;
    this.#toolbar.show({ trail: this.#trail, moment: mode.kind === "revision" ? mode.number : null });
  }

  /** The page in a tab is one of the studio's, with this pane in it: alone in a tab it could go anywhere. */
  #tabAddress(path) {
    const { mode } = this.#loader;
    const query = new URLSearchParams({ path });
    if (mode.kind === "revision") query.set("revision", String(mode.number));
    return `${this.#studio.given.preview.page}?${query}`;
  }

  async #loadMoments() {
    const { revisions } = await this.#studio.api.get("revisions", { query: { limit: MOMENTS } });
    const when = new Intl.DateTimeFormat(document.documentElement.lang, {
      dateStyle: "short",
      timeStyle: "short",
    });
    const { t } = this.#studio;
    const label = (one) =>
      [`r${one.number}`, when.format(new Date(one.created_at)), reasonOf(one, t).slice(0, 60)]
        .filter(Boolean)
        .join(" · ");
    this.#toolbar.setMoments(revisions.map((one) => ({ value: String(one.number), label: label(one) })));
  }

  #setWidth(width) {
    this.#width = width;
    this.#stage.toggleAttribute("data-device", width > 0);
    this.#fit();
  }

  /** A device that is wider than the pane is drawn smaller. */
  #fit() {
    const { clientWidth, clientHeight } = this.#stage;
    const scale = this.#width ? Math.min(1, clientWidth / this.#width) : 1;
    const { style } = this.#stage;
    style.setProperty("--device", this.#width ? `${this.#width}px` : "100%");
    style.setProperty("--scale", String(scale));
    style.setProperty("--tall", this.#width ? `${Math.round(clientHeight / scale)}px` : "100%");
  }

  // --- What the page says

  #hear(message) {
    if (message.type === "babel" && message.state === "uncompiled" && this.#loader.needsCompiler()) return;
    if (message.type !== "outside") {
      const { shelf } = this.#studio.given.preview;
      this.#console.add(entryOf(message, { place: (said) => this.#loader.place(said), shelf }, this.#t));
      return;
    }
    const { address } = message;
    this.#banners.say("outside", {
      text: this.#t("preview.outside", { address }),
      actions: [{ label: this.#t("preview.open_outside"), href: address }],
      close: () => this.#banners.clear("outside"),
    });
  }

  #fix(entry) {
    this.#studio.panes.show("chat");
    this.#studio.chat.ask({ text: questionOf(entry, this.#t), send: true });
  }

  #trouble(kind) {
    const stop = kind === "hangs" && { label: this.#t("preview.stop"), run: () => this.stop() };
    const text = this.#t(`preview.${kind}`);
    this.#banners.say("trouble", { text, kind: "danger", actions: [stop, this.#again("preview.start")] });
  }

  /** Loaded, and not a word: an address that has ended, or a page that is not ours any more. */
  async #silent() {
    if (await this.#loader.renew().catch(() => false)) {
      this.reload();
      return;
    }
    this.#banners.say("silent", {
      text: this.#t("preview.silent"),
      actions: [this.#again("preview.reload")],
    });
  }

  #again(key) {
    return { label: this.#t(key), run: () => this.reload() };
  }

  // --- Before and after

  #showSides() {
    if (!this.#proposal) {
      this.#banners.clear("sides");
      return;
    }
    const after = this.#loader.mode.kind === "proposal";
    const side = (key, mode, pressed) => ({ label: this.#t(key), run: () => this.#choose(mode), pressed });
    this.#banners.say("sides", {
      text: this.#t("preview.proposal"),
      actions: [
        side("preview.before", NOW, !after),
        side("preview.after", { kind: "proposal", files: this.#proposal }, after),
      ],
      close: () => this.propose({ files: null }),
    });
  }
}
