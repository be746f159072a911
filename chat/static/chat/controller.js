// What a person can do, as methods. Between the views, which call it, and the store, which it dispatches to.
import { told } from "./errors.js";
import { LeftOver, takeOver } from "./left_over.js";
import { reach } from "./reach.js";
import { running } from "./store.js";

/** How long a deletion can be taken back: the request is made only then. */
const UNDO_TIME = 6000;

/** Stands for a conversation that has no number yet. */
const NEW = "new";

export class Controller {
  #api;
  #store;
  #shelf;
  #turns;
  #tabs;
  #view;
  #deleting = new Map(); // conversation id → timer
  #deleted = new Set(); // by this page, for good
  #deletedBefore; // by the page before this one
  #older = null; // the page that is being read
  #opened = false;
  #started = false;
  #leftOver;

  /** `view` is `{release(), gone({title, by, draft, unsent})}`: to let go of what is in the box, and to tell. */
  constructor({ api, store, shelf, turns, tabs, view }) {
    Object.assign(this, { turns });
    this.#api = api;
    this.#store = store;
    this.#shelf = shelf;
    this.#turns = turns;
    this.#tabs = tabs;
    this.#view = view;
    this.#deletedBefore = new Set(shelf.deleted());
    this.#leftOver = new LeftOver({ api, store, shelf, gone: (id) => this.gone(id) });
  }

  async start() {
    const before = this.#shelf.value("conversation");
    this.#store.subscribe((state, previous) => this.#remember(state, previous));
    this.#store.dispatch({ type: "model.selected", id: this.#shelf.value("model") });
    this.#turns.restore(this.#shelf.outbox());
    await Promise.all([this.loadModels(), this.loadConversations()]);
    const { items } = this.#store.state.conversations;
    const id = items.some((item) => item.id === Number(before)) ? Number(before) : items[0]?.id;
    if (before !== NEW && id !== undefined && !this.#isChosen()) await this.open(id);
    this.#started = true;
    await this.#leftOver.look();
  }

  /** Something was refused as if its conversation were no more: whether it is, the server says. */
  confirmGone(id) {
    return this.#leftOver.confirm(id);
  }

  /** Whoever has opened a conversation, begun a new one or sent a message meanwhile is not led elsewhere. */
  #isChosen() {
    const { conversation, outbox } = this.#store.state;
    return this.#opened || conversation.id !== null || outbox.some(({ status }) => status === "sending");
  }

  async loadModels() {
    const none = { models: [], default: null, notice: null };
    const { projectId } = this.#store.state;
    const models = await this.#api.models(projectId).catch((error) => ({ ...none, error: told(error) }));
    this.#store.dispatch({ type: "models.loaded", models });
    const { items, selected } = this.#store.state.models;
    if (selected && items.length && !items.some(({ id }) => id === selected)) this.chooseModel("");
  }

  chooseModel(id) {
    this.#shelf.keep("model", id);
    this.#store.dispatch({ type: "model.selected", id });
  }

  async loadConversations({ search = this.#store.state.conversations.search, more = false } = {}) {
    const { projectId, conversations } = this.#store.state;
    this.#store.dispatch({ type: "conversations.loading", search });
    try {
      const page = await this.#api.conversations(projectId, {
        search,
        after: more ? conversations.next : "",
      });
      const shown = page.conversations.filter(({ id }) => !this.#deleting.has(id));
      this.#store.dispatch({
        type: "conversations.loaded",
        page: { ...page, conversations: shown },
        search,
        more,
      });
      if (this.#started && !search && !more) this.#leftOver.look();
    } catch (error) {
      this.#store.dispatch({ type: "conversations.failed", error: told(error) });
    }
  }

  /** Opens a conversation, whose `page` may be read already; null is a new one, which exists once its first message is sent. */
  async open(id, page = null) {
    this.#opened = true;
    this.#keepPlace(id); // also of a page that has just come, whose start is still under way
    const title = this.#store.state.conversations.items.find((item) => item.id === id)?.title;
    this.#store.dispatch({ type: "conversation.opened", id, title });
    this.#turns.followOpen();
    if (page) this.#loaded(id, page);
    else if (id !== null) await this.reload();
  }

  /** Makes the open conversation what the server says it is, and follows what is being written; false where it can't. */
  async reload() {
    const { decided } = this.#store.state;
    const { id } = this.#store.state.conversation;
    if (id === null) return true;
    try {
      const page = await this.#api.messages(id);
      // read before a decision and come after it, it would take that off the screen, and nothing else tells of it
      if (decided !== this.#store.state.decided) return this.reload();
      this.#loaded(id, page);
      return true;
    } catch (error) {
      if (error.status === 404) this.gone(id);
      else this.#store.dispatch({ type: "conversation.failed", id, error: told(error) });
      return error.status === 404;
    }
  }

  #loaded(id, page) {
    this.#store.dispatch({ type: "page.loaded", id, page, older: false });
    this.#turns.followOpen();
    this.#turns.sendNext();
  }

  /** Somebody has changed a conversation: here, in another tab, or on another machine. */
  changed({ conversationId, messageId = null, actions = null, list = false, deleted = false, by = "" }) {
    if (deleted) return this.gone(conversationId, by);
    const { conversation, conversations } = this.#store.state;
    if (list || !conversations.items.some(({ id }) => id === conversationId)) this.loadConversations();
    if (conversationId === conversation.id && !this.#knows(messageId, actions)) this.reload();
  }

  /** Anything may have happened unheard. */
  missed() {
    this.#leftOver.forget();
    if (this.#started) this.loadConversations();
  }

  #knows(messageId, actions) {
    const message = this.#store.state.messages.find(({ id }) => id === messageId);
    if (!message || !actions) return Boolean(message);
    // Its own events tell of what it proposes.
    if (message.status === "streaming") return true;
    const known = new Map((message.actions ?? []).map(({ id, status }) => [id, status]));
    return actions.every(({ id, status }) => known.get(id) === status);
  }

  loadOlder() {
    const { id, before } = this.#store.state.conversation;
    if (!before) return null;
    this.#older ??= this.#loadOlder(id, before).finally(() => {
      this.#older = null;
    });
    return this.#older;
  }

  async #loadOlder(id, before) {
    const page = await this.#api.messages(id, { before });
    this.#store.dispatch({ type: "page.loaded", id, page, older: true });
  }

  /** See `reach.js`. */
  reach(conversationId, messageId) {
    return reach({ api: this.#api, store: this.#store, controller: this }, conversationId, messageId);
  }

  async rename(id, title) {
    const before = this.#store.state.conversations.items.find((item) => item.id === id)?.title ?? "";
    const wanted = title.trim();
    if (!wanted || wanted === before) return;
    this.#store.dispatch({ type: "conversation.renamed", id, title: wanted });
    try {
      await this.#api.rename(id, wanted);
      this.#tabs.tell({ conversations: true });
    } catch (error) {
      this.#store.dispatch({ type: "conversation.renamed", id, title: before });
      throw error;
    }
  }

  /** Takes a conversation off the list; returns what puts it back, until the time for that is over. */
  remove(id, onFailure) {
    const { items } = this.#store.state.conversations;
    const index = items.findIndex((item) => item.id === id);
    const item = items[index];
    const wasOpen = this.#store.state.conversation.id === id;
    const timer = setTimeout(() => this.#commit(id, item, index, onFailure), UNDO_TIME);
    this.#deleting.set(id, timer);
    this.#store.dispatch({ type: "conversation.hidden", id });
    if (wasOpen) this.open(null);
    return () => this.#restore(id, item, index, wasOpen);
  }

  /** The page goes away: what was deleted stays deleted. */
  leave() {
    this.#shelf.keepDeleted([...this.#deleting.keys()]);
    for (const [id, timer] of this.#deleting) {
      clearTimeout(timer);
      this.#deleted.add(id); // a page that comes back from the browser's cache did it, too
      this.#api.remove(id, { keepalive: true }).catch(() => {});
    }
    this.#deleting.clear();
  }

  /** See `Turns.stop`. */
  async stop(onWait) {
    const answer = running(this.#store.state);
    if (answer) await this.#turns.stop(answer.id, onWait);
  }

  /** Another version of the last exchange counts from now on: what it proposes waits again; false where it can't be read yet. */
  async choose(answerId) {
    const { id } = this.#store.state.conversation;
    await this.#api.choose(answerId);
    this.#tabs.tell({ conversationId: id, proposals: true });
    return this.reload();
  }

  receipt(messageId) {
    return this.#api.receipt(messageId);
  }

  /** What the open conversation's next message would take; `replaces` is the id of the one whose place it takes. */
  previewContext({ content, context, replaces }, signal) {
    const { projectId, conversation, models } = this.#store.state;
    const body = {
      project_id: projectId,
      content,
      context,
      ...(conversation.id === null ? {} : { conversation_id: conversation.id }),
      ...(models.selected ? { model: models.selected } : {}),
      ...(replaces ? { replaces } : {}),
    };
    return this.#api.previewContext(body, signal);
  }

  requestUrl(messageId) {
    return this.#api.requestUrl(messageId);
  }

  compareRequests(messageId, chosen) {
    return this.#api.compareRequests(messageId, chosen);
  }

  /** What an `@` in the open conversation's next message can be completed to. */
  suggestMentions(q, signal) {
    const { projectId, conversation } = this.#store.state;
    return this.#api.suggestMentions({ project_id: projectId, conversation_id: conversation.id, q }, signal);
  }

  indexing() {
    return this.#api.indexing(this.#store.state.projectId);
  }

  callsUrl(messageId) {
    return this.#api.callsUrl(messageId);
  }

  #remember(state, previous) {
    const { id } = state.conversation;
    if (id !== previous.conversation.id) this.#keepPlace(id);
    else if (running(previous) && !running(state)) this.#lookAtModels(state);
  }

  /** An answer tells whether what was said of the models still holds: a key came, a server has gone. */
  #lookAtModels({ models, messages }) {
    if (models.notice || models.error || messages.at(-1)?.status === "failed") this.loadModels();
  }

  /** After a reload the person is where they were. */
  #keepPlace(id) {
    this.#shelf.keep("conversation", id === null ? NEW : String(id));
  }

  #restore(id, item, index, wasOpen) {
    if (!this.#deleting.has(id)) return;
    clearTimeout(this.#deleting.get(id));
    this.#deleting.delete(id);
    this.#store.dispatch({ type: "conversation.restored", item, index });
    if (wasOpen) this.open(id);
  }

  async #commit(id, item, index, onFailure) {
    try {
      this.#deleted.add(id);
      await this.#api.remove(id);
      this.#shelf.forgetWritten(id);
      this.#tabs.tell({ conversations: true, conversationId: id });
    } catch (error) {
      if (error.status !== 404) {
        this.#deleted.delete(id);
        this.#store.dispatch({ type: "conversation.restored", item, index });
        onFailure(error);
      }
    } finally {
      this.#deleting.delete(id);
    }
  }

  /**
   * Deleted in another tab, by somebody else or on another machine, for good. What was not sent yet goes on in a new
   * conversation.
   */
  gone(id, by = "") {
    if (this.#deletedBefore.has(id)) return this.#shelf.forgetWritten(id);
    if (this.#deleting.has(id) || this.#deleted.has(id)) return;
    const { conversation, conversations } = this.#store.state;
    const wasOpen = conversation.id === id;
    const listed = conversations.items.find((item) => item.id === id);
    if (wasOpen || conversation.id === null) this.#view.release();
    const kept = takeOver({ store: this.#store, shelf: this.#shelf }, id);
    if (wasOpen) this.open(null);
    const title = listed?.title ?? (wasOpen ? conversation.title : "");
    if (wasOpen || kept.draft || kept.unsent) this.#view.gone({ title, by, ...kept });
  }
}
