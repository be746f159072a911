// <webox-chat>: what a host page meets. Attributes in, DOM events and a few methods out; everything else is inside.
import { Api } from "./api.js";
import { Controller } from "./controller.js";
import { Decisions } from "./decisions.js";
import { h } from "./dom.js";
import { I18n } from "./i18n.js";
import { LookAgain } from "./look_again.js";
import { warmUp } from "./markdown/warm_up.js";
import { Panel } from "./panel.js";
import { ProjectProposals } from "./project_proposals.js";
import { Sharing } from "./sharing.js";
import { Shelf } from "./shelf.js";
import { initialState, running, Store } from "./store.js";
import { Tabs } from "./tabs.js";
import { Turns } from "./turns.js";

/** Coming back to a tab looks at the server, but not more often than this. */
const LOOK_AGAIN = 2000;

export class WeboxChat extends HTMLElement {
  #panel = null;
  #store;
  #controller;
  #turns;
  #tabs;
  #sharing;
  #leaving;
  #again = new LookAgain((what) => this.#look(what), LOOK_AGAIN);
  #project;
  #toldKey = "[]";
  #context = () => null;

  /**
   * What the person is looking at, sent along with every message: `{open_file, selection: {path, text, from_line,
   * to_line}}`, or a function that returns it.
   */
  set context(value) {
    this.#context = typeof value === "function" ? value : () => value;
  }

  /**
   * Which of `insert-code`, `create-file`, `open-file` and `preview-proposal` the page acts on: the panel offers only
   * those. The attribute `handles` says the same.
   */
  set handles(names) {
    this.setAttribute("handles", [...names].join(" "));
  }

  get handles() {
    return (this.getAttribute("handles") ?? "").split(/\s+/).filter(Boolean);
  }

  static observedAttributes = ["handles"];

  attributeChangedCallback() {
    if (this.#panel) this.#panel.handles = this.handles;
  }

  /** `{text, selection, send}`: puts a question into the composer, or sends it at once. */
  ask(question) {
    this.#panel?.ask(question);
  }

  openConversation(id) {
    return this.#controller?.open(id);
  }

  newConversation() {
    return this.#controller?.open(null);
  }

  /**
   * The page has heard that somebody changed a conversation: `{conversationId, messageId, actions: [{id, status}], list,
   * deleted, by}`, `list` where its title is concerned, `by` who has deleted it. Nothing named: anything may have changed.
   */
  changed(news = {}) {
    if (!this.#panel) return;
    this.#project.refresh();
    if (news.conversationId === undefined) this.#again.missed();
    else this.#controller.changed(news);
  }

  focus() {
    this.#panel?.focus();
  }

  /** What is proposed for the page's files, and the ways to decide about it; see `file_proposals.js`. */
  get proposals() {
    return this.#panel?.fileProposals ?? null;
  }

  connectedCallback() {
    if (this.#panel) return;
    this.#make();
    this.#show();
    this.#listen();
    this.#controller.start().then(() => this.#tell("ready", {}));
    this.#project.load();
    warmUp();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#again.stop();
    this.#controller.leave();
    this.#turns.close();
    this.#tabs.close();
    this.#sharing.close();
    this.#panel.destroy();
    this.#panel = null;
    this.shadowRoot.replaceChildren();
  }

  #make() {
    const project = Number(this.getAttribute("project"));
    const csrf = {
      cookie: this.getAttribute("csrf-cookie") ?? "csrftoken",
      header: this.getAttribute("csrf-header") ?? "X-CSRFToken",
      token: this.getAttribute("csrf-token") ?? "",
    };
    const base = this.getAttribute("api") ?? "/api/chat";
    const i18n = new I18n(this.lang || document.documentElement.lang);
    const api = new Api(base, csrf, i18n.language);
    const shelf = new Shelf(project, this.getAttribute("user") ?? "");
    const store = new Store(initialState(project));
    this.#tabs = new Tabs(project, (news) => this.#hear(news));
    const reload = () => this.#controller.reload();
    this.#sharing = new Sharing(base);
    const gone = (id) => this.#controller.confirmGone(id);
    this.#turns = new Turns({ api, store, channel: this.#tabs, sharing: this.#sharing, reload, gone });
    const view = { release: () => this.#panel.release(), gone: (news) => this.#panel.gone(news) };
    this.#controller = new Controller({ api, store, shelf, turns: this.#turns, tabs: this.#tabs, view });
    this.#store = store;
    const tell = (name, detail) => this.#tell(name, detail);
    this.#project = new ProjectProposals({ api, store, onChange: () => this.#tellProposals() });
    const decisions = new Decisions({
      api,
      store,
      reload,
      tell,
      channel: this.#tabs,
      project: this.#project,
    });
    this.#panel = new Panel({
      i18n,
      store,
      controller: this.#controller,
      shelf,
      context: () => this.#context(),
      decisions,
      project: this.#project,
      tell,
      longest: Number(this.getAttribute("longest-message")),
    });
    this.#panel.handles = this.handles;
  }

  /** A shadow root keeps the host's styles out and ours in. Nothing is shown before the style sheet is there. */
  #show() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const href = this.getAttribute("stylesheet") ?? new URL("chat.css", import.meta.url).href;
    const sheet = h("link", { rel: "stylesheet", href });
    const { dom } = this.#panel;
    dom.hidden = true;
    const reveal = () => {
      dom.hidden = false;
    };
    sheet.addEventListener("load", reveal);
    sheet.addEventListener("error", reveal);
    root.replaceChildren(sheet, dom);
    this.#panel.mount();
  }

  #listen() {
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const look = () => document.hidden || this.#again.now();
    document.addEventListener("visibilitychange", look, { signal });
    addEventListener("focus", look, { signal });
    addEventListener("online", look, { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#again.missed(), { signal });
    addEventListener("pagehide", () => this.#leave(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.#panel.keepDraft(), {
      signal,
    });
    this.#store.subscribe((state, previous) => this.#report(state, previous));
  }

  #leave() {
    this.#panel.keepDraft();
    this.#controller.leave();
  }

  /** The page may have slept or been offline: what the server has is what counts. */
  #look({ missed }) {
    this.#controller.reload();
    if (missed) this.#controller.missed();
    this.#project.refresh();
  }

  /** News from another tab. */
  #hear({ conversationId, conversations, proposals }) {
    if (proposals || conversations) this.#project.refresh();
    if (conversationId === this.#store.state.conversation.id) this.#controller.reload();
    if (conversations) this.#controller.loadConversations();
  }

  #report(state, previous) {
    if (state.conversation.id !== previous.conversation.id) {
      this.#tell("conversation", { conversationId: state.conversation.id });
      this.#project.refresh();
    }
    if (state.conversation.title !== previous.conversation.title) this.#tellProposals();
    if (state.messages === previous.messages) return;
    this.#reportTurn(state, previous);
    this.#reportProposals(state, previous);
  }

  #reportTurn(state, previous) {
    const now = running(state);
    const before = running(previous);
    if (now && now.id !== before?.id) this.#tell("turn-started", { messageId: now.id });
    if (!before || now?.id === before.id) return;
    const after = state.messages.findLast(({ id }) => id === before.id);
    if (after && after.status !== "streaming") {
      this.#project.refresh();
      this.#tell("turn-ended", { messageId: after.id, status: after.status, actions: after.actions });
    }
  }

  #reportProposals(state, previous) {
    const same = ({ actions, status }, index) => {
      const before = previous.messages[index];
      return actions === before?.actions && status === before?.status;
    };
    if (state.messages.length === previous.messages.length && state.messages.every(same)) return;
    this.#tellProposals();
  }

  /** The page hears when any of what it shows of them is other than before. */
  #tellProposals() {
    const proposals = this.proposals;
    if (!proposals || proposals.key === this.#toldKey) return;
    this.#toldKey = proposals.key;
    proposals.tell();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`webox-chat:${name}`, { detail, bubbles: true, composed: true }));
  }
}
