// Keeps the newest text in sight, until the person scrolls up to read.

const NEAR = 32;

export class Scroller {
  #frame;
  #sticks = true;
  #lastTop = 0;
  #onChange;
  #observer;

  /** `frame` scrolls `content`; `onChange(sticks)` is told when that changes. */
  constructor(frame, content, onChange) {
    this.#frame = frame;
    this.#onChange = onChange;
    frame.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Runs after layout and before painting: the person never sees the text jump.
    this.#observer = new ResizeObserver(() => this.#follow());
    this.#observer.observe(content);
    this.#observer.observe(frame);
  }

  get sticks() {
    return this.#sticks;
  }

  /** Back to the newest text; from there on it is followed again. */
  toBottom({ smooth = false } = {}) {
    this.#set(true);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#frame.scrollTo({ top: this.#frame.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
  }

  /** Runs `change`, which puts content above, without moving what is being read. */
  keepPlace(change) {
    const { scrollHeight, scrollTop } = this.#frame;
    change();
    const moved = this.#frame.scrollHeight - scrollHeight;
    this.#frame.scrollTop = scrollTop + moved;
    this.#lastTop = this.#frame.scrollTop;
  }

  close() {
    this.#observer.disconnect();
  }

  #follow() {
    if (this.#sticks) this.#frame.scrollTop = this.#frame.scrollHeight;
    else if (this.#distance() <= 0) this.#set(true);
  }

  #scrolled() {
    const top = this.#frame.scrollTop;
    const up = top < this.#lastTop - 1;
    this.#lastTop = top;
    if (this.#distance() < NEAR) this.#set(true);
    // Content that became shorter moves the text too: only a move away from the bottom is the person's.
    else if (up) this.#set(false);
  }

  #distance() {
    const { scrollHeight, scrollTop, clientHeight } = this.#frame;
    return scrollHeight - scrollTop - clientHeight;
  }

  #set(sticks) {
    if (sticks === this.#sticks) return;
    this.#sticks = sticks;
    this.#onChange(sticks);
  }
}
