// What the tabs of one browser share, for tests in one process: locks that are given away in order, and channels.

export class FakeLocks {
  #held = new Map(); // name → the requests that wait behind the one that has it

  /** As `navigator.locks.request(name, options, callback)`. */
  request(name, options, callback) {
    if (options.ifAvailable && options.signal)
      return Promise.reject(new DOMException("", "NotSupportedError"));
    return new Promise((resolve, reject) => {
      const run = async () => {
        await null;
        return callback({ name });
      };
      const grant = () =>
        run()
          .then(resolve, reject)
          .finally(() => this.#next(name));
      const waiting = this.#held.get(name);
      if (!waiting) {
        this.#held.set(name, []);
        grant();
      } else if (options.ifAvailable) Promise.resolve(null).then(callback).then(resolve, reject);
      else this.#wait(waiting, { grant, reject, signal: options.signal });
    });
  }

  get heldNames() {
    return [...this.#held.keys()];
  }

  #wait(waiting, request) {
    const { signal, reject } = request;
    if (signal?.aborted) return reject(signal.reason);
    waiting.push(request);
    signal?.addEventListener("abort", () => {
      const at = waiting.indexOf(request);
      if (at >= 0) waiting.splice(at, 1);
      if (at >= 0) reject(signal.reason);
    });
  }

  #next(name) {
    const next = this.#held.get(name).shift();
    if (next) next.grant();
    else this.#held.delete(name);
  }
}

/** A class of channels of its own: nothing is heard by the one who tells, and everything later. */
export function fakeChannels() {
  const all = new Set();
  return class FakeChannel extends EventTarget {
    constructor(name) {
      super();
      this.name = name;
      all.add(this);
    }

    postMessage(data) {
      const copy = structuredClone(data);
      for (const other of all)
        if (other !== this && other.name === this.name)
          queueMicrotask(() => {
            if (all.has(other)) other.dispatchEvent(new MessageEvent("message", { data: copy }));
          });
    }

    close() {
      all.delete(this);
    }
  };
}
