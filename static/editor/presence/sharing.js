// What the tabs of one browser that show the same project share: one event stream, and what it tells.
// A browser holds six connections to a server, whatever the number of its tabs: streams may never take them all.
import { newId } from "../ids.js";

/** Projects whose events come as a stream; those of further ones are asked for every few seconds. */
const MOST_STREAMS = 2;
const BROWSER = "webox-browser";

export class Sharing {
  #locks;
  #channel;
  #name;

  /** `locks` and `Channel` are missing on a page that is not secure. */
  constructor(
    { user, project },
    { locks = globalThis.navigator?.locks, Channel = globalThis.BroadcastChannel } = {},
  ) {
    this.#name = `webox-project:${user}:${project}`;
    this.#locks = locks;
    this.#channel = locks && Channel ? new Channel(this.#name) : null;
  }

  /** Else every tab has a stream of its own. */
  get works() {
    return this.#channel !== null;
  }

  tell(news) {
    this.#channel?.postMessage(news);
  }

  hear(listener) {
    this.#channel?.addEventListener("message", ({ data }) => listener(data));
  }

  /** The one place to read from, as what gives it up; null where `signal` aborts the waiting for it. */
  lead(signal) {
    return take(this.#locks, this.#name, signal);
  }

  /** A stream of those that there may be, as what gives it back; null where all are taken. */
  async slot() {
    if (!this.works) return () => {};
    for (let number = 1; number <= MOST_STREAMS; number += 1) {
      const slot = await take(this.#locks, `webox-project-stream:${number}`);
      if (slot) return slot;
    }
    return null;
  }
}

/** The name under which all tabs of this browser are there together; one that may keep nothing is there by itself. */
export function browserId(shelf = () => globalThis.localStorage) {
  try {
    const known = shelf().getItem(BROWSER) ?? newId();
    shelf().setItem(BROWSER, known);
    return known;
  } catch {
    return newId();
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
    // A browser that refuses locks to a page leaves it alone with its stream.
    const refused = () => resolve(signal?.aborted ? null : () => {});
    locks.request(name, signal ? { signal } : { ifAvailable: true }, hold).catch(refused);
  });
}
