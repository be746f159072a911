// One message in, one answer out: sends, follows, stops. Knows no DOM; what happens is dispatched to the store.
import { delayBefore, pause } from "./backoff.js";
import { EventStream } from "./event_stream.js";
import { newId } from "./ids.js";
import { SharedTurn } from "./shared_turn.js";
import { holds, isBusy, waiting } from "./store.js";

/** A send is repeated under the same client_id, which the server counts as one, before the person is troubled. */
const SEND_ATTEMPTS = 5;
/** An answer that shows more than was saved is read again, from servers that are just starting. */
const READ_ATTEMPTS = 6;
const WORTH_REPEATING = new Set(["network", "draining", "http_502", "http_503", "http_504"]);
/** Every tab reads for itself. */
const ALONE = Object.freeze({ works: false });

export class Turns {
  #api;
  #store;
  #channel;
  #sharing;
  #page;
  #followed = new Map(); // message id → AbortController
  #stopping = new Map(); // message id → {asked, waits}: the request to stop it, until the server has heard it
  #closed = new AbortController();
  #asking = new Set(); // message ids that another try is being asked for
  #reload;
  #gone;

  /**
   * `reload()` fetches the open conversation, false where it can't; `gone(id)` hears that one seems to be no more; `channel` tells
   * the other tabs of this browser, `sharing` is what they read together.
   */
  constructor({ api, store, channel, sharing = ALONE, reload, gone = () => {}, page = globalThis }) {
    this.#api = api;
    this.#store = store;
    this.#channel = channel;
    this.#sharing = sharing;
    this.#reload = reload;
    this.#gone = gone;
    this.#page = page;
  }

  /** Takes the person's text: sends it now, or after the running answer. */
  send(content, { context, replaces } = {}) {
    const { state } = this.#store;
    const { conversation } = state;
    // An edit takes the place of the last message: what is held comes behind it.
    const first = isBusy(state) || replaces ? undefined : waiting(state);
    const held = first?.find((item) => item.status === "queued");
    const status = isBusy(state) || held ? "queued" : "sending";
    const item = {
      clientId: newId(),
      at: Date.now(),
      conversationId: conversation.id,
      content,
      context,
      replaces,
      // Only the message that begins a conversation says how it runs; later the conversation itself does.
      mode: conversation.id === null && conversation.mode !== "ask" ? conversation.mode : undefined,
      status,
      error: null,
    };
    this.#store.dispatch({ type: "outbox.added", item });
    if (status === "sending") return this.#deliver(item);
    // Whoever writes on goes on, in the order in which it was written.
    return Promise.resolve(held && this.resend(held.clientId));
  }

  /** What was kept from before a reload: an unfinished send may or may not have arrived, so the person decides. */
  restore(items) {
    const known = new Set(this.#store.state.outbox.map((item) => item.clientId));
    for (const item of items.filter(({ clientId }) => !known.has(clientId))) {
      const kept =
        item.status === "sending" ? { ...item, status: "failed", error: { code: "network" } } : item;
      this.#store.dispatch({ type: "outbox.added", item: kept });
    }
  }

  resend(clientId) {
    const item = this.#store.state.outbox.find((known) => known.clientId === clientId);
    if (!item) return undefined;
    if (isBusy(this.#store.state)) return this.#change(item, { status: "queued", error: null });
    this.#change(item, { status: "sending", error: null });
    return this.#deliver(item);
  }

  queue(clientId) {
    this.#change({ clientId }, { status: "queued", error: null });
    this.sendNext();
  }

  discard(clientId) {
    this.#store.dispatch({ type: "outbox.removed", clientId });
  }

  /** Sends what waited for the running answer. After one that is not whole the person decides. */
  sendNext() {
    const { state } = this.#store;
    const next =
      isBusy(state) || holds(state) ? null : waiting(state).find((item) => item.status === "queued");
    if (next) this.resend(next.clientId);
  }

  retry(messageId) {
    return this.#again("retry", messageId, { hides: messageId });
  }

  continue(messageId) {
    return this.#again("continue", messageId, { continues: messageId });
  }

  /** Asks until the server hears it or the answer has ended; `onWait()` hears that it has to wait for the connection. */
  stop(messageId, onWait = () => {}) {
    const known = this.#stopping.get(messageId);
    if (known?.waits) onWait();
    if (known) return known.asked;
    const stopping = { waits: false };
    this.#stopping.set(messageId, stopping);
    const wait = () => {
      stopping.waits = true;
      onWait();
    };
    stopping.asked = this.#stop(messageId, wait).finally(() => this.#stopping.delete(messageId));
    return stopping.asked;
  }

  async #stop(messageId, onWait) {
    for (let attempt = 0; !this.#hasEnded(messageId) && !this.#closed.signal.aborted; attempt += 1) {
      try {
        const { message } = await this.#api.stop(messageId);
        if (message) this.#store.dispatch({ type: "message.replaced", message });
        return this.sendNext();
      } catch (error) {
        if (!WORTH_REPEATING.has(error.code)) throw error;
        if (attempt === 0) onWait();
        await pause(delayBefore(attempt, error.retryAfter), this.#closed.signal, this.#page);
      }
    }
    return undefined;
  }

  /** Of one that is out of sight nothing is known. */
  #hasEnded(messageId) {
    const message = this.#store.state.messages.find(({ id }) => id === messageId);
    return message !== undefined && message.status !== "streaming";
  }

  /** Follows every answer of the open conversation that is still being written, and nothing else. */
  followOpen() {
    const open = this.#store.state.messages.filter(
      ({ status, role }) => role === "assistant" && status === "streaming",
    );
    const wanted = new Set(open.map(({ id }) => id));
    for (const [id, control] of this.#followed) if (!wanted.has(id)) control.abort();
    for (const { id, last_seq } of open) if (!this.#followed.has(id)) this.#follow(id, last_seq);
  }

  close() {
    this.#closed.abort();
    for (const control of this.#followed.values()) control.abort();
  }

  async #deliver(item, attempt = 0) {
    try {
      const response = await this.#api.send(this.#body(item));
      await this.#begin(response, { item });
    } catch (error) {
      if (attempt + 1 < SEND_ATTEMPTS && WORTH_REPEATING.has(error.code)) {
        await pause(delayBefore(attempt, error.retryAfter), undefined, this.#page);
        return this.#deliver(item, attempt + 1);
      }
      this.#refused(item, error);
    }
  }

  #body({ content, conversationId, clientId, context, replaces, mode }) {
    const { projectId, models } = this.#store.state;
    return {
      project_id: projectId,
      content,
      client_id: clientId,
      ...(conversationId === null ? {} : { conversation_id: conversationId }),
      ...(conversationId === null && mode ? { mode } : {}),
      ...(models.selected ? { model: models.selected } : {}),
      ...(context ? { context } : {}),
      ...(replaces ? { replaces } : {}),
    };
  }

  #refused(item, error) {
    const isBlocked = error.code === "turn_in_progress";
    if (isBlocked && item.status === "queued") return this.#outrun(item);
    const status = isBlocked ? "blocked" : "failed";
    const told = { code: error.code ?? "unknown", message: error.text ?? "", status: error.status };
    // What it was to replace is not the last message any more: sent again, it is one of its own.
    const alone = error.code === "not_last" ? { replaces: undefined } : {};
    this.#change(item, { status, error: told, ...alone });
    if (error.status === 404 && item.conversationId !== null) this.#gone(item.conversationId);
    if (status === "blocked") this.#reload();
  }

  /** Another tab or person was quicker: what has waited its turn waits for the next one, at its place. */
  async #outrun(item) {
    this.#change(item, { status: "queued", error: null });
    await pause(delayBefore(0), undefined, this.#page); // of what ran a moment ago nothing may be seen yet
    this.#reload();
  }

  #change({ clientId }, change) {
    this.#store.dispatch({ type: "outbox.changed", clientId, change });
  }

  /** A second click, before the first one shows, is the same wish. */
  async #again(what, messageId, effect) {
    if (this.#asking.has(messageId)) return;
    this.#asking.add(messageId);
    const { selected } = this.#store.state.models;
    const body = { client_id: newId(), ...(selected ? { model: selected } : {}) };
    try {
      const response = await this.#api[what](messageId, body);
      await this.#begin(response, effect);
    } finally {
      this.#asking.delete(messageId);
    }
  }

  /** The response of a turn that begins: its first event says which message to follow. */
  #begin(response, effect) {
    return new Promise((resolve, reject) => {
      const control = new AbortController();
      const turn = { id: null };
      const begin = (data) => {
        turn.id = data.message_id;
        this.#followed.get(turn.id)?.abort();
        this.#followed.set(turn.id, control);
        this.#store.dispatch({ type: "turn.began", data, ...effect });
        turn.shared.begins(turn.id); // before another tab hears of it
        this.#channel.tell({ conversationId: data.conversation_id });
        resolve(turn.id);
        // The person has gone to another conversation meanwhile: the server needs nobody to listen.
        if (!this.#store.state.messages.some(({ id }) => id === turn.id)) control.abort();
      };
      const onEvents = (events) => {
        const started = turn.id === null && events.find(([, type]) => type === "turn.started");
        if (started) begin(started[2]);
        this.#received(turn.id, events);
      };
      const open = (...asked) => {
        // Cut before the first event: what came of it is unknown, and sending again under the same id is safe.
        if (turn.id === null) throw Object.assign(new Error("no answer"), { code: "network", status: 400 });
        return this.#api.events(turn.id, ...asked);
      };
      this.#run(turn, control, { open, onEvents, first: response }, reject);
    });
  }

  #follow(id, after) {
    const control = new AbortController();
    this.#followed.set(id, control);
    const open = (...asked) => this.#api.events(id, ...asked);
    const onEvents = (events) => this.#received(id, events);
    this.#run({ id }, control, { open, onEvents, after }, () => this.#reload());
  }

  /** What is read here is told to the other tabs, and the other way round. */
  #shared(turn, options) {
    const wait = (delay, signal) => pause(delay, signal, this.#page);
    const onConnection = (connection) => this.#store.dispatch({ type: "connection.changed", connection });
    const onRead = (batch) => turn.shared.tell(batch);
    const stream = new EventStream({ ...options, onRead, onConnection, wait });
    return new SharedTurn({ stream, sharing: this.#sharing, id: turn.id, wait });
  }

  async #run(turn, control, options, onFailure) {
    turn.shared = this.#shared(turn, options);
    try {
      await turn.shared.follow(control.signal);
    } catch (error) {
      onFailure(error);
    } finally {
      if (this.#followed.get(turn.id) === control) this.#followed.delete(turn.id);
    }
    if (!control.signal.aborted) await this.#readAgain(turn.id);
    this.sendNext();
  }

  /** What the fold can't know (totals, what the server stored of it) comes with the conversation. */
  async #readAgain(id, attempt = 0) {
    const done = (await this.#reload()) !== false;
    if (done || attempt + 1 >= READ_ATTEMPTS || !this.#lostItsServer(id)) return;
    await pause(delayBefore(attempt), undefined, this.#page);
    await this.#readAgain(id, attempt + 1);
  }

  /** Whether an answer may show words that its server died before saving. */
  #lostItsServer(id) {
    const answer = this.#store.state.messages.find((message) => message.id === id);
    return answer?.metadata?.error?.code === "server_restarted";
  }

  #received(messageId, events) {
    this.#store.dispatch({ type: "turn.events", messageId, events });
  }
}
