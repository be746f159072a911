// Follows one turn to its end, over any number of connections: no event twice, none missing.
import { TERMINAL } from "./answer.js";
import { delayBefore, pause } from "./backoff.js";
import { SseDecoder } from "./sse.js";

/** The server sends at least a comment every 15 s: three missed ones mean the connection is dead. */
const SILENCE = 45_000;
/** Statuses that the same request will get again, however often it is made. */
const FINAL_STATUSES = new Set([400, 401, 403, 404, 405, 409, 410, 413, 422]);

/** One number for each character. */
const BY_CHARACTER = new Set(["text.delta", "reasoning.delta"]);

const isFinal = (error) => FINAL_STATUSES.has(error?.status);

export class EventStream {
  #after;
  #attempt = 0;
  #ended = false;
  #over = new AbortController();
  #options;

  /**
   * `open(after, signal, stays)` answers with a `Response`; `onEvents([[seq, type, data], …])` gets them in order, in
   * batches; `onRead({after, events})` after that, where they came from the server; `onConnection("open" | "lost")` tells
   * how it goes; `first` is a response that is already open.
   */
  constructor({
    open,
    onEvents,
    onRead = () => {},
    onConnection = () => {},
    after = 0,
    first = null,
    wait = pause,
    silence = SILENCE,
  }) {
    this.#after = after;
    this.#options = { open, onEvents, onRead, onConnection, wait, silence, first };
  }

  /** Aborts at the terminal event. */
  get over() {
    return this.#over.signal;
  }

  /** Resolves at the terminal event or when `signal` aborts; rejects when trying again is no use. */
  async follow(signal) {
    while (!this.#ended && !signal.aborted) {
      const failure = await this.#connect(signal);
      if (this.#ended || signal.aborted) return;
      if (isFinal(failure)) throw failure;
      this.#options.onConnection("lost");
      await this.#options.wait(delayBefore(this.#attempt++, failure?.retryAfter), signal);
    }
  }

  /** One short connection for what there is now; rejects when trying again is no use. */
  async readOnce(signal) {
    if (this.#ended || signal.aborted) return;
    const failure = await this.#connect(signal, false);
    if (this.#ended || signal.aborted) return;
    if (isFinal(failure)) throw failure;
    this.#options.onConnection(failure ? "lost" : "open");
  }

  /** What another tab has read, `{after, events}`; false where something before it is missing. */
  take({ after, events }) {
    if (after > this.#after) return false;
    const fresh = [];
    for (const event of events) this.#add(event, fresh);
    if (fresh.length) this.#deliver(fresh);
    return true;
  }

  /** One connection; returns why it ended, or nothing at a plain end of the response. */
  async #connect(signal, stays = true) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const { first, open } = this.#options;
      const response = first ?? (await open(this.#after, attempt.signal, stays));
      this.#options.first = null;
      await this.#read(response.body.getReader(), attempt);
      return null;
    } catch (error) {
      return error;
    } finally {
      signal.removeEventListener("abort", abort);
      attempt.abort();
    }
  }

  async #read(reader, attempt) {
    const decoder = new SseDecoder();
    // Aborting frees a reader that waits for bytes of a dead connection; a response that was handed over
    // was not opened with our signal, so its reader is cancelled by hand.
    attempt.signal.addEventListener("abort", () => reader.cancel().catch(() => {}), { once: true });
    while (!this.#ended) {
      const silence = setTimeout(() => attempt.abort(), this.#options.silence);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      this.#receive(decoder.push(value));
    }
  }

  #receive(frames) {
    const after = this.#after;
    const events = [];
    try {
      for (const frame of frames) this.#accept(frame, events);
    } finally {
      // Data that is not JSON throws: what came before it counts, and the connection is opened again after that.
      if (events.length) {
        this.#deliver(events);
        this.#options.onRead({ after, events });
      }
    }
  }

  #accept({ id, event, data }, events) {
    const seq = Number(id);
    if (this.#isNew(seq)) this.#add([seq, event, JSON.parse(data)], events);
  }

  #isNew(seq) {
    return !this.#ended && Number.isSafeInteger(seq) && seq > this.#after;
  }

  #add(event, events) {
    const [seq, type] = event;
    if (!this.#isNew(seq)) return;
    events.push(rest(event, this.#after));
    this.#after = seq;
    this.#ended = type in TERMINAL;
  }

  #deliver(events) {
    this.#attempt = 0;
    this.#options.onConnection("open");
    this.#options.onEvents(events);
    if (this.#ended) this.#over.abort();
  }
}

/** What of an event comes after a number: text may have come in other pieces by another way. */
function rest([seq, type, data], after) {
  // no character is longer than a unit of the string: most texts need no count
  if (!BY_CHARACTER.has(type) || seq - data.text.length >= after) return [seq, type, data];
  const characters = [...data.text];
  const known = after - (seq - characters.length);
  return [seq, type, known > 0 ? { ...data, text: characters.slice(known).join("") } : data];
}
