// Asking a worker of ours: it starts with the first question, and one that hangs is ended for the next question.
import { startWorker } from "../trusted.js";

const WITHIN = 30_000;

export class Asking {
  #name;
  #worker = null;
  #last = 0;

  constructor(name) {
    this.#name = name;
  }

  /** The answer; rejects with what the worker calls its `error`, or with a `TimeoutError`. */
  ask(request) {
    this.#worker ??= startWorker(this.#name);
    const own = this.#worker;
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const giveUp = (error) => {
        own.terminate(); // a worker that hangs would hang for the next one too
        if (this.#worker === own) this.#worker = null;
        end();
        reject(error);
      };
      const timer = setTimeout(() => giveUp(new DOMException("", "TimeoutError")), WITHIN);
      const failed = (event) => giveUp(new Error(event.message));
      const answered = ({ data }) => {
        if (data.id !== id) return;
        end();
        if (data.error) reject(data.error);
        else resolve(data);
      };
      const end = () => {
        clearTimeout(timer);
        own.removeEventListener("message", answered);
        own.removeEventListener("error", failed);
      };
      own.addEventListener("message", answered);
      own.addEventListener("error", failed);
      own.postMessage({ id, ...request });
    });
  }
}
