// One answer in many tabs: one of them reads it from the server and tells the others, which take over when it goes.
// However little the others are told, short reads make up for it: nothing is missing, and nothing comes twice.
import { pause } from "./backoff.js";

/** Without a stream: how often an answer is read by the tab that leads. */
const EVERY = 1000;
/** So long nothing is told to a tab before it looks itself. */
const QUIET = 3000;
/** What is told does not follow what is known, and the server does not have what lies between yet. */
const SOON = 300;

export class SharedTurn {
  #stream;
  #sharing;
  #wait;
  #held = []; // told, but something before it is missing
  #heard = false;
  #leads = false;
  #wake = new AbortController();
  #id = null;
  #seat = null;
  #noRoom = new AbortController();

  /** `stream` is the answer's `EventStream`; `id` its message, unknown (null) before the stream's first event. */
  constructor({ stream, sharing, id = null, wait = pause }) {
    this.#stream = stream;
    this.#sharing = sharing;
    this.#wait = wait;
    this.#id = id;
  }

  /** The first event has told which message it is: goes on with that response if there is room for one more stream. */
  begins(id) {
    this.#id = id;
    if (!this.#sharing.works) return;
    this.#seat = this.#take();
    this.#seat.then((seat) => seat ?? this.#noRoom.abort());
  }

  /** What was read of the answer here, for the other tabs. */
  tell(batch) {
    if (this.#sharing.works && this.#id !== null) this.#sharing.tell(this.#id, batch);
  }

  /** Resolves at the answer's end or when `signal` aborts; rejects when trying again is no use. */
  async follow(signal) {
    if (!this.#sharing.works) return this.#stream.follow(signal);
    const until = AbortSignal.any([signal, this.#stream.over]);
    if (this.#id === null) await this.#readFirst(until);
    if (until.aborted) return;
    const forget = this.#sharing.hear(this.#id, (batch) => this.#hear(batch));
    try {
      const lead = (await this.#sharing.lead(this.#id)) ?? (await this.#listen(until));
      if (lead) await this.#lead(until).finally(lead);
    } finally {
      forget();
    }
  }

  async #readFirst(until) {
    try {
      await this.#stream.follow(AbortSignal.any([until, this.#noRoom.signal]));
    } finally {
      (await this.#seat)?.();
    }
  }

  /** The lead and a stream, or neither. */
  async #take() {
    const lead = await this.#sharing.lead(this.#id);
    const slot = lead && (await this.#sharing.slot());
    if (!slot) {
      lead?.();
      return null;
    }
    return () => {
      slot();
      lead();
    };
  }

  async #lead(until) {
    this.#leads = true;
    while (!until.aborted) {
      const slot = await this.#sharing.slot();
      if (slot) await this.#stream.follow(until).finally(slot);
      else {
        await this.#stream.readOnce(until);
        await this.#wait(EVERY, until);
      }
    }
  }

  /** Lives on what it is told until it may lead; the lead then, or null. */
  async #listen(until) {
    const granted = new AbortController();
    const lead = this.#sharing.lead(this.#id, until).finally(() => granted.abort());
    const waiting = AbortSignal.any([until, granted.signal]);
    try {
      while (!waiting.aborted) {
        await this.#stream.readOnce(waiting);
        this.#takeHeld();
        await this.#untilQuiet(waiting);
      }
    } catch (error) {
      lead.then((release) => release?.());
      throw error;
    }
    return lead;
  }

  async #untilQuiet(waiting) {
    do {
      this.#heard = false;
      this.#wake = new AbortController();
      const signal = AbortSignal.any([waiting, this.#wake.signal]);
      await this.#wait(this.#held.length ? SOON : QUIET, signal);
    } while (this.#heard && !this.#held.length && !waiting.aborted);
  }

  #hear(batch) {
    if (!this.#held.length && this.#stream.take(batch)) this.#heard = true;
    else if (!this.#leads) this.#hold(batch);
  }

  #hold(batch) {
    this.#held.push(batch);
    if (this.#held.length === 1) this.#wake.abort();
  }

  #takeHeld() {
    while (this.#held.length && this.#stream.take(this.#held[0])) this.#held.shift();
  }
}
