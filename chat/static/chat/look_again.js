// Looks at the server, not more often than is good for it; a look that must not be left out is made as soon as it may be.
export class LookAgain {
  #look;
  #every;
  #last = Number.NEGATIVE_INFINITY;
  #timer = null;
  #known = true;

  /** `look({missed})` is called at most once in `every` milliseconds; `missed` where something passed by unheard. */
  constructor(look, every) {
    this.#look = look;
    this.#every = every;
  }

  /** Somebody comes back: what was looked at a moment ago need not be. */
  now() {
    if (Date.now() - this.#last >= this.#every) this.#run();
  }

  /** What happened after the last look must be seen: at once, or when the time for the next one has come. */
  missed() {
    this.#known = false;
    const left = this.#last + this.#every - Date.now();
    if (left <= 0) this.#run();
    else this.#timer ??= setTimeout(() => this.#run(), left);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run() {
    this.stop();
    this.#last = Date.now();
    const missed = !this.#known;
    this.#known = true;
    this.#look({ missed });
  }
}
