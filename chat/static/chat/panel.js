// Puts the parts together: the store's state goes to the views once per frame, what the person does goes to the controller.
import { h } from "./dom.js";
import { FileProposals } from "./file_proposals.js";
import { ProposalsHost } from "./proposals_host.js";
import { isBusy, running } from "./store.js";
import { Composer } from "./views/composer.js";
import { Conversations } from "./views/conversations.js";
import { Header } from "./views/header.js";
import { Messages } from "./views/messages.js";
import { Voice } from "./voice.js";

/** Of a question that did not come out of the box. */
const NOTHING_CHOSEN = Object.freeze({ pinned: [], excluded: [] });

export class Panel {
  dom;
  #i18n;
  #store;
  #controller;
  #shelf;
  #context;
  #decisions;
  #project;
  #tell;
  #longest;
  #proposals;
  #fileProposals;
  #voice;
  #views;
  #main;
  #frame = 0;
  #choosing = false;
  #unsubscribe = () => {};

  /**
   * `context()` is what the host page says the person is looking at, `tell(name, detail)` reaches it, `longest` is how many
   * characters a message may have.
   */
  constructor({ i18n, store, controller, shelf, context, decisions, project, tell, longest }) {
    this.#i18n = i18n;
    this.#store = store;
    this.#controller = controller;
    this.#shelf = shelf;
    this.#context = context;
    this.#decisions = decisions;
    this.#project = project;
    this.#tell = tell;
    this.#longest = longest;
    this.#build();
  }

  mount() {
    this.#unsubscribe = this.#store.subscribe((state, previous) => {
      this.#voice.follow(state, previous);
      if (state.outbox !== previous.outbox) this.#shelf.keepOutbox(state.outbox, previous.outbox);
      if (state.messages !== previous.messages) this.#proposals.settlePreview();
      this.#schedule();
    });
    this.#draw();
  }

  /** Proposals and what can be decided about them, for the host page. */
  get fileProposals() {
    return this.#fileProposals;
  }

  /** Names of the events that the host page acts on: only those are offered. */
  set handles(names) {
    this.dom.dataset.handles = names.join(" ");
  }

  destroy() {
    this.#unsubscribe();
    cancelAnimationFrame(this.#frame);
    this.keepDraft();
    this.#views.messages.close();
    this.#proposals.close();
  }

  /** Puts a question into the composer; `send` sends it at once. */
  ask({ text = "", selection = null, send = false }) {
    this.#closeList();
    const choice = this.#shelf.contextChoice(this.#store.state.conversation.id);
    if (send) return this.#send(text, { selection: selection ?? undefined, choice });
    this.#views.composer.fill(text, selection);
  }

  focus() {
    this.#views.composer.focus();
  }

  keepDraft() {
    this.#views.composer.keepDraft();
    this.#proposals.keep();
  }

  /** The conversation that is written for is gone, or its draft is other than what the box shows. */
  release() {
    this.#views.composer.release();
    this.#schedule();
  }

  /** See `Voice.gone`. */
  gone(news) {
    this.#voice.gone(news);
  }

  #build() {
    const { t } = this.#i18n;
    this.#voice = new Voice(this.#i18n);
    this.#proposals = this.#makeProposals();
    this.#fileProposals = new FileProposals({
      store: this.#store,
      project: this.#project,
      decisions: this.#decisions,
      host: this.#proposals,
      tell: this.#tell,
    });
    const header = new Header(this.#i18n, {
      toggleList: () => this.#toggleList(),
      startNew: () => this.#startNew(),
    });
    const messages = new Messages(this.#i18n, this.#messageActions());
    const conversations = new Conversations(this.#i18n, this.#listActions());
    const composer = new Composer(this.#i18n, this.#composerActions());
    const connection = h(
      "p",
      { class: "connection", hidden: true },
      h("span", { class: "spinner" }),
      t("status.lost"),
    );
    this.#views = { header, messages, conversations, composer, connection };
    this.#main = h("div", { class: "main" }, messages.element, connection, composer.element);
    const body = h("div", { class: "body" }, this.#main, conversations.element);
    this.dom = h(
      "section",
      { class: "panel", "aria-label": t("panel.label") },
      header.element,
      body,
      ...this.#voice.elements,
    );
  }

  #makeProposals() {
    const tools = {
      place: (element) => this.dom.append(element),
      focused: () => this.dom.getRootNode().activeElement ?? document.activeElement,
      tell: this.#tell,
      tellProposals: () => this.#fileProposals.tell(),
      reach: (conversationId, messageId) => this.#controller.reach(conversationId, messageId),
      announce: (text) => this.#voice.say(text),
      failed: (error) => this.#voice.failed(error),
      ask: (question) => this.ask(question),
    };
    return new ProposalsHost({
      i18n: this.#i18n,
      store: this.#store,
      project: this.#project,
      decisions: this.#decisions,
      shelf: this.#shelf,
      tools,
    });
  }

  #messageActions() {
    const controller = this.#controller;
    const { turns } = controller;
    const tried = (action) => (id) => action(id).catch((error) => this.#voice.failed(error));
    return {
      ...this.#proposals.actions,
      retry: tried((id) => turns.retry(id)),
      continue: tried((id) => turns.continue(id)),
      choose: (id, focus) => this.#chooseVersion(id, focus),
      resend: (clientId) => turns.resend(clientId),
      queue: (clientId) => turns.queue(clientId),
      takeBack: (clientId) => this.#takeBack(clientId),
      edit: (id, text) => this.#views.composer.edit(id, text),
      suggest: (text) => this.#write(text),
      announce: (text) => this.#voice.say(text),
      loadOlder: () => controller.loadOlder()?.catch((error) => this.#voice.failed(error)),
      reload: () => controller.reload(),
      receipt: (id) => controller.receipt(id),
      callsUrl: (id) => controller.callsUrl(id),
      requestUrl: (id) => controller.requestUrl(id),
      compare: (id, chosen) => controller.compareRequests(id, chosen),
    };
  }

  #listActions() {
    const controller = this.#controller;
    return {
      open: (id) => this.#open(id),
      search: (search) => controller.loadConversations({ search }),
      more: () => controller.loadConversations({ more: true }),
      rename: (id, title) => this.#rename(id, title),
      remove: (id) => this.#remove(id),
      close: () => this.#closeList(),
    };
  }

  #composerActions() {
    return {
      longest: this.#longest,
      send: (text, given) => this.#send(text, given),
      stop: () =>
        this.#controller
          .stop(() => this.#voice.show(this.#i18n.t("status.stop_waits")))
          .catch((error) => this.#voice.failed(error)),
      draft: (id) => this.#shelf.draft(id),
      keepDraft: (id, text) => this.#shelf.keepDraft(id, text),
      edit: (id) => this.#shelf.edit(id),
      keepEdit: (id, edit) => this.#shelf.keepEdit(id, edit),
      preview: (draft, choice, signal) => this.#preview(draft, choice, signal),
      indexing: () => this.#controller.indexing(),
      suggest: (query, signal) => this.#controller.suggestMentions(query, signal),
      announce: (text) => this.#voice.say(text),
      choice: (id) => this.#shelf.contextChoice(id),
      keepChoice: (id, choice) => this.#shelf.keepContextChoice(id, choice),
      chooseModel: (id) => this.#controller.chooseModel(id),
      chooseMode: (mode) => this.#chooseMode(mode),
    };
  }

  #chooseMode(mode) {
    const { id } = this.#store.state.conversation;
    this.#decisions.setMode(id, mode).catch((error) => this.#voice.failed(error));
    this.#voice.say(this.#i18n.t(mode === "auto" ? "mode.auto_text" : "mode.ask_text"));
  }

  /** What the host says the person looks at, with what he chose in the panel. */
  #contextOf(selection, { pinned, excluded } = NOTHING_CHOSEN) {
    const context = {
      ...this.#context(),
      ...(selection ? { selection } : {}),
      ...(pinned.length ? { pinned } : {}),
      ...(excluded.length ? { excluded } : {}),
    };
    return Object.keys(context).length ? context : undefined;
  }

  /** What the next message would take, and which lines of the host's page would go along. */
  async #preview({ text, selection, replaces }, choice, signal) {
    const context = this.#contextOf(selection, choice);
    const found = await this.#controller.previewContext({ content: text, context, replaces }, signal);
    return { ...found, selection: context?.selection ?? null };
  }

  #send(text, { replaces, selection, choice }) {
    const context = this.#contextOf(selection, choice);
    const { t } = this.#i18n;
    const waits = isBusy(this.#store.state);
    this.#controller.turns.send(text, { replaces, context });
    this.#views.messages.showNewest();
    this.#voice.say(t(waits ? "status.queued" : "status.sending"));
  }

  async #chooseVersion(id, focus) {
    if (this.#choosing) return;
    this.#choosing = true;
    const { id: conversation } = this.#store.state.conversation;
    try {
      if ((await this.#controller.choose(id)) === false) throw { code: "network" };
    } catch (error) {
      return this.#voice.failed(error);
    } finally {
      this.#choosing = false;
    }
    this.#project.refresh();
    const { versions } = this.#store.state;
    const number = versions.findIndex(({ answer }) => answer === id) + 1;
    if (this.#store.state.conversation.id !== conversation || number === 0) return;
    this.#draw();
    this.#views.messages.focusVersions(focus);
    this.#voice.say(this.#i18n.t("versions.shown", { number, count: versions.length }));
  }

  #rename(id, title) {
    return this.#controller.rename(id, title).catch((error) => {
      this.#views.conversations.resumeRename(id, title);
      this.#voice.failed(error);
    });
  }

  /** The text goes back to where it was written, unless something new stands there. */
  #takeBack(clientId) {
    const item = this.#store.state.outbox.find((known) => known.clientId === clientId);
    this.#controller.turns.discard(clientId);
    if (item) this.#write(item.content, item.context?.selection);
  }

  /** Into the box, whose own text stays. */
  #write(text, selection = null) {
    const { composer } = this.#views;
    if (composer.isEmpty) composer.fill(text, selection);
    else composer.prepend(text);
  }

  #remove(id) {
    this.#voice.deleted(this.#controller.remove(id, (error) => this.#voice.failed(error)));
  }

  #open(id) {
    this.#closeList();
    this.#controller.open(id);
    // On a touch screen the focus brings up the keyboard, over what the person came to read.
    if (!matchMedia("(pointer: coarse)").matches) this.#views.composer.focus();
  }

  #startNew() {
    this.#closeList();
    this.#controller.open(null);
    this.#views.composer.focus();
  }

  #toggleList() {
    const { conversations } = this.#views;
    if (conversations.isOpen) return this.#closeList();
    conversations.show();
    this.#main.inert = true;
    this.#controller.loadConversations({ search: conversations.query }); // Escape empties the box, and closes the list
    this.#draw();
  }

  #closeList() {
    const { conversations, header } = this.#views;
    if (!conversations.isOpen) return;
    conversations.hide();
    this.#main.inert = false;
    header.focusList();
    this.#draw();
  }

  /** However many events come, the page is drawn once per frame. */
  #schedule() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    const { state } = this.#store;
    const { header, messages, conversations, composer, connection } = this.#views;
    header.update(state, conversations.isOpen);
    messages.update(state);
    conversations.update(state);
    composer.update(state);
    this.#proposals.update(state);
    connection.hidden = state.connection !== "lost" || running(state) === null;
  }
}
