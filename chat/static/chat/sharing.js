// One browser, many tabs: who reads an answer from the server, how many do so at once, and what they tell each other.
// A browser holds six connections to a server, whatever the number of its tabs: streams may never take them all.

/** Streams of answers that the tabs of this browser hold open together. */
const MOST_STREAMS = 2;

export class Sharing {
  #locks;
  #channel;
  #name;
  #listeners = new Map(); // message id → what is told of it

  /** `name` is the same for all that share; `locks` and `Channel` are missing on a page that is not secure. */
  constructor(name, { locks = globalThis.navigator?.locks, Channel = globalThis.BroadcastChannel } = {}) {
    this.#name = `webox-chat:${name}`;
    this.#locks = locks;
    this.#channel = locks && Channel ? new Channel(`${this.#name}:turns`) : null;
    this.#channel?.addEventListener("message", ({ data }) => this.#listeners.get(data.id)?.(data));
  }

  /** Else every tab reads for itself. */
  get works() {
    return this.#channel !== null;
  }

  /** What was read of an answer: `{after, events}`, the events that follow a number. */
  tell(id, batch) {
    this.#channel?.postMessage({ id, ...batch });
  }

  /** Calls back with what other tabs tell of an answer; returns what ends that. */
  hear(id, listener) {
    this.#listeners.set(id, listener);
    return () => {
      if (this.#listeners.get(id) === listener) this.#listeners.delete(id);
    };
  }

  /** The reading of an answer, as what gives it up; null where another tab has it, or `signal` aborts the waiting for it. */
  lead(id, signal) {
    return take(this.#locks, `${this.#name}:turn:${id}`, signal);
  }

  /** A stream of those that there may be, as what gives it back; null where all are taken. */
  async slot() {
    for (let number = 1; number <= MOST_STREAMS; number += 1) {
      const slot = await take(this.#locks, `webox-chat:stream:${number}`);
      if (slot) return slot;
    }
    return null;
  }

  close() {
    this.#channel?.close();
  }
}

/** A lock, as what releases it. With a `signal` it is waited for, without one it is had at once or not at all. */
function take(locks, name, signal) {
  return new Promise((resolve) => {
    const hold = (lock) => {
      if (!lock) return resolve(null);
      return new Promise((release) => {
        if (signal?.aborted) release();
        resolve(signal?.aborted ? null : release);
      });
    };
    // A browser that refuses locks to a page leaves it alone with its streams.
    const refused = () => resolve(signal?.aborted ? null : () => {});
    locks.request(name, signal ? { signal } : { ifAvailable: true }, hold).catch(refused);
  });
}
