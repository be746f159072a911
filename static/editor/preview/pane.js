// The preview's pane: which state of the project is shown, and when it is loaded again.
import { h } from "../dom.js";
import { Builder } from "./builder.js";
import { ConsoleView } from "./console_view.js";
import { Frame } from "./frame.js";
import "./icons.js";
import { Session } from "./session.js";
import { noticeBar, outsideLink, Toolbar } from "./toolbar.js";
import { Trail } from "./trail.js";

const NOW = { kind: "now" };

export class PreviewPane {
  #studio;
  #t;
  #element;
  #session;
  #builder;
  #frame;
  #console;
  #toolbar;
  #stage;
  #notices;
  #trail = new Trail();
  #mode = NOW;
  #proposal = null;
  #revision = 0;
  #stale = null;
  #work = Promise.resolve();
  #width = 0;

  constructor(studio, element, { path = "", tabAddress } = {}) {
    this.#studio = studio;
    this.#t = studio.t;
    this.#element = element;
    this.#session = new Session(studio.api);
    this.#builder = new Builder(studio.api, studio.given.preview);
    this.#trail.moved(path);
    this.#build(tabAddress);
    this.#listen();
    this.#show();
  }

  reload() {
    return this.#show();
  }

  stop() {
    this.#frame.stop();
    const again = h("button", { type: "button", class: "button small", onclick: () => this.#show() });
    again.append(this.#t("preview.start"));
    this.#say("state", { text: this.#t("preview.stopped"), actions: [again] });
  }

  /** The project as it would be with a proposal; `files: null` goes back to what is. */
  propose({ files }) {
    this.#proposal = files;
    this.#choose(files ? { kind: "proposal", files } : NOW);
    this.#showSides();
  }

  #build(tabAddress) {
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
    this.#toolbar = new Toolbar(t, act, tabAddress ?? ((path) => this.#tabAddress(path)));
    this.#stage = h("div", { class: "preview-stage" });
    this.#notices = h("div", { class: "preview-notices" });
    this.#frame = new Frame(this.#stage, t("preview.page"));
    this.#console = new ConsoleView(t, {
      open: ({ file, line, column }) => this.#studio.open?.(file, { line, column }),
      fix: this.#studio.chat ? (entry) => this.#fix(entry) : null,
      onproblems: (problems) => this.#studio.tell("problems", problems),
    });
    this.#element.replaceChildren(this.#toolbar.element, this.#notices, this.#stage, this.#console.element);
    new ResizeObserver(() => this.#fit()).observe(this.#stage);
  }

  #listen() {
    const { bus } = this.#studio;
    bus.addEventListener("file:saved", ({ detail }) => this.#changed(detail.revision, [detail.path]));
    bus.addEventListener("files:changed", ({ detail }) => this.#changed(detail.revision, detail.paths));
    bus.addEventListener("panes", ({ detail }) => {
      if (detail.name === "preview" && detail.shown && this.#stale) this.#update(this.#stale);
    });
    const frame = this.#frame;
    frame.addEventListener("ready", ({ detail }) => this.#ready(detail));
    frame.addEventListener("moved", ({ detail }) => this.#moved(detail.path));
    frame.addEventListener("said", ({ detail }) => this.#hear(detail));
    frame.addEventListener("hangs", () => this.#trouble("hangs"));
    frame.addEventListener("flooded", () => this.#trouble("flooded"));
    frame.addEventListener("silent", () => this.#silent());
  }

  // --- Loading

  /** One thing at a time; the last one asked for is what is shown in the end. */
  #queue(task) {
    this.#work = this.#work.then(task).catch((error) => this.#failed(error));
    return this.#work;
  }

  #show() {
    const mode = this.#mode;
    return this.#queue(async () => {
      if (mode !== this.#mode) return;
      await this.#session.open(mode);
      if (mode !== this.#mode) return;
      this.#clear("state", "trouble");
      this.#console.clear();
      if (await this.#compile()) this.#frame.load(this.#session.url, this.#trail.path);
    });
  }

  /** What was saved while it runs: its styles alone where that is enough. */
  #changed(revision, paths) {
    if (revision && revision <= this.#revision) return;
    this.#revision = revision || this.#revision;
    if (this.#mode.kind === "revision") return;
    const before = this.#stale?.paths;
    const all = paths && before !== null ? [...new Set([...(before ?? []), ...paths])] : null;
    this.#stale = { paths: all };
    if (!this.#element.hasAttribute("data-hidden") && this.#isShown()) this.#update(this.#stale);
  }

  #isShown() {
    return this.#studio.panes?.isShown("preview") ?? true;
  }

  #update(stale) {
    return this.#queue(async () => {
      if (this.#stale !== stale) return;
      this.#stale = null;
      const styles = stale.paths?.every((path) => path.endsWith(".css") && !path.endsWith(".module.css"));
      if (styles && this.#frame.runs) {
        this.#frame.restyle(stale.paths);
        return;
      }
      if (!this.#frame.runs || this.#mode.kind === "proposal") {
        this.#show();
        return;
      }
      if (!(await this.#compile())) return;
      this.#clear("trouble");
      this.#console.clear();
      this.#frame.reload();
    });
  }

  /** Whether there is something to load; what is shown stays when it cannot be compiled. */
  async #compile() {
    const paths = this.#paths();
    const waiting = setTimeout(() => this.#say("build", { text: this.#t("preview.compiling") }), 400);
    try {
      const follows = this.#mode.kind === "now";
      const { errors } = await this.#builder.prepare(this.#session, paths, { follows });
      this.#console.clearBuild();
      for (const error of errors) this.#console.add(this.#buildError(error));
      clearTimeout(waiting);
      if (errors.length) this.#say("build", { text: this.#t("preview.build_failed", { count: errors.length }), kind: "danger" });
      else this.#clear("build");
      return !errors.length;
    } finally {
      clearTimeout(waiting);
    }
  }

  #paths() {
    const proposed = this.#mode.kind === "proposal" ? Object.keys(this.#mode.files) : [];
    return [...this.#studio.tree.paths(), ...proposed];
  }

  #buildError({ text, file, line, column, detail }) {
    const said = detail?.code ? this.#t(`preview.build.${detail.code}`, { name: detail.name }) : text;
    return { level: "error", build: true, text: said, file, line, column: column + 1 };
  }

  #failed(error) {
    this.#say("state", {
      text: this.#t("preview.failed", { message: error.message }),
      kind: "danger",
      actions: [this.#button("preview.retry", () => this.#show())],
    });
  }

  // --- Where it is

  #ready({ path }) {
    this.#clear("silent", "trouble");
    this.#moved(path);
  }

  #moved(path) {
    this.#trail.moved(path);
    this.#refresh();
  }

  #step(by) {
    const path = this.#trail.step(by);
    if (path !== null) this.#load(path);
  }

  #go(path) {
    this.#trail.moved(path);
    this.#load(path);
  }

  #load(path) {
    this.#refresh();
    this.#console.clear();
    this.#frame.load(this.#session.url, path);
  }

  #refresh() {
    const { path, canGoBack, canGoForward } = this.#trail;
    const moment = this.#mode.kind === "revision" ? this.#mode.number : null;
    this.#toolbar.show({ path, canGoBack, canGoForward, moment });
  }

  /** The page in a tab is one of the studio's, with the page in a frame: alone in a tab it could go anywhere. */
  #tabAddress(path) {
    const query = new URLSearchParams({ path });
    if (this.#mode.kind === "revision") query.set("revision", this.#mode.number);
    return `${this.#studio.given.preview.page}?${query}`;
  }

  #choose(mode) {
    this.#mode = mode;
    this.#refresh();
    this.#show();
  }

  async #loadMoments() {
    const { revisions } = await this.#studio.api.get("revisions", { query: { limit: 100 } });
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    this.#toolbar.setMoments(
      revisions.map(({ number, message, created_at: at }) => ({
        value: String(number),
        label: [`r${number}`, when.format(new Date(at)), message.slice(0, 60)].filter(Boolean).join(" · "),
      })),
    );
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
    this.#stage.style.setProperty("--device", this.#width ? `${this.#width}px` : "100%");
    this.#stage.style.setProperty("--scale", String(scale));
    this.#stage.style.setProperty("--tall", `${Math.round(clientHeight / scale)}px`);
  }

  // --- What the page says

  #hear(message) {
    if (message.type === "outside") {
      this.#say("outside", {
        text: this.#t("preview.outside", { address: message.address }),
        actions: [outsideLink(this.#t, message.address)],
        close: () => this.#clear("outside"),
      });
      return;
    }
    this.#console.add(this.#entry(message));
  }

  #entry(message) {
    const placed = this.#builder.place(message);
    if (message.type === "missing") {
      return { level: "error", text: this.#t("preview.missing", { address: message.address }) };
    }
    if (message.type === "blocked") {
      const { directive, address } = message;
      return { ...placed, level: "warn", text: this.#t("preview.blocked", { directive, address }) };
    }
    return placed;
  }

  #fix({ text, file, line, column }) {
    const where = file ? `\n${file}${line ? `:${line}:${column}` : ""}` : "";
    const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    this.#studio.panes?.show("chat");
    this.#studio.chat.ask({ text: `${this.#t("preview.fix_this")}\n\n${fence}\n${text}${where}\n${fence}`, send: true });
  }

  #trouble(kind) {
    this.#say("trouble", {
      text: this.#t(`preview.${kind}`),
      kind: "danger",
      actions: [
        kind === "hangs" ? this.#button("preview.stop", () => this.stop()) : null,
        this.#button("preview.start", () => this.#show()),
      ],
    });
  }

  /** Loaded, and not a word: an address that has ended, or a page that is not ours any more. */
  async #silent() {
    if (await this.#session.renew().catch(() => false)) {
      this.#show();
      return;
    }
    this.#say("silent", { text: this.#t("preview.silent"), actions: [this.#button("preview.reload", () => this.#show())] });
  }

  // --- Before and after

  #showSides() {
    if (!this.#proposal) {
      this.#clear("sides");
      return;
    }
    const after = this.#mode.kind === "proposal";
    const side = (name, pressed, mode) => {
      const choose = () => {
        this.#choose(mode);
        this.#showSides();
      };
      const button = this.#button(`preview.${name}`, choose);
      button.setAttribute("aria-pressed", String(pressed));
      return button;
    };
    this.#say("sides", {
      text: this.#t("preview.proposal"),
      actions: [side("before", !after, NOW), side("after", after, { kind: "proposal", files: this.#proposal })],
      close: () => this.propose({ files: null }),
    });
  }

  #button(key, onclick) {
    return h("button", { type: "button", class: "button small", onclick }, this.#t(key));
  }

  /** One notice of each name. */
  #say(name, notice) {
    this.#clear(name);
    const bar = noticeBar(this.#t, notice);
    bar.dataset.name = name;
    this.#notices.append(bar);
  }

  #clear(...names) {
    for (const bar of [...this.#notices.children]) if (names.includes(bar.dataset.name)) bar.remove();
  }
}
