// Follows one turn to its end, over any number of connections: no event twice, none missing.
import { TERMINAL } from "./answer.js";
import { delayBefore, pause } from "./backoff.js";
import { SseDecoder } from "./sse.js";

/** The server sends at least a comment every 15 s: three missed ones mean the connection is dead. */
const SILENCE = 45_000;
/** Statuses that the same request will get again, however often it is made. */
const FINAL_STATUSES = new Set([400, 401, 403, 404, 405, 409, 410, 413, 422]);

const isFinal = (error) => FINAL_STATUSES.has(error?.status);

export class EventStream {
  #after;
  #attempt = 0;
  #ended = false;
  #options;

  /**
   * `open(after, signal)` answers with a `Response`; `onEvents([[seq, type, data], …])` gets them in order, in batches;
   * `onConnection("open" | "lost")` tells how it goes; `first` is a response that is already open.
   */
  constructor({
    open,
    onEvents,
    onConnection = () => {},
    after = 0,
    first = null,
    wait = pause,
    silence = SILENCE,
  }) {
    this.#after = after;
    this.#options = { open, onEvents, onConnection, wait, silence, first };
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

  /** One connection; returns why it ended, or nothing at a plain end of the response. */
  async #connect(signal) {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const response = this.#options.first ?? (await this.#options.open(this.#after, attempt.signal));
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
      this.#take(decoder.push(value));
    }
  }

  #take(frames) {
    const events = [];
    try {
      for (const frame of frames) this.#accept(frame, events);
    } finally {
      // Data that is not JSON throws: what came before it counts, and the connection is opened again after that.
      if (events.length) this.#deliver(events);
    }
  }

  #accept({ id, event, data }, events) {
    const seq = Number(id);
    if (this.#ended || !Number.isSafeInteger(seq) || seq <= this.#after) return;
    events.push([seq, event, JSON.parse(data)]);
    this.#after = seq;
    this.#ended = event in TERMINAL;
  }

  #deliver(events) {
    this.#attempt = 0;
    this.#options.onConnection("open");
    this.#options.onEvents(events);
  }
}
