// Goes through the files of a review and the hunks of each, keeps them or leaves them out, and says where one is.
import { pathText } from "../views/proposal_words.js";
import { canApply, isKept, wasApplied } from "./choice.js";

export class Walk {
  /** The hunk that stands out, or -1. */
  hunk = -1;
  #i18n;
  #subject;
  #choices;
  #tools;

  /** `tools`: `left()` when another file comes in sight, `draw()`, `show(hunk)` brings one into sight, `say(text)`. */
  constructor(i18n, { subject, choices, ...tools }) {
    this.#i18n = i18n;
    this.#subject = subject;
    this.#choices = choices;
    this.#tools = tools;
  }

  /** How many hunks of the proposal in sight can be gone through one by one; none of a text of the person's own. */
  get count() {
    const { current } = this.#subject;
    const isOwn = this.#choices.of(current).content !== null || (current.edited && wasApplied(current));
    return isOwn ? 0 : (current.hunks?.length ?? 0);
  }

  choose(position) {
    this.#subject.choose(position);
    this.#tools.left();
    this.restart();
    this.#tools.draw();
  }

  /** At the first hunk, where there is one. */
  restart() {
    this.hunk = this.count > 0 ? 0 : -1;
  }

  move(by) {
    const next = this.hunk + by;
    if (next >= 0 && next < this.count) this.#goTo(next);
    else if (this.moveFile(by)) this.#goTo(by > 0 ? 0 : this.count - 1);
  }

  /** Whether there was another file. */
  moveFile(by) {
    const next = this.#subject.neighbour(by);
    if (!next) return false;
    this.choose(next.position);
    this.#tools.say(pathText(next));
    return true;
  }

  /** Keeps the hunk that stands out, or leaves it, and goes on. */
  decide(keep) {
    if (!canApply(this.#subject.current) || this.hunk < 0) return;
    this.keep(this.hunk, keep);
    if (this.hunk < this.count - 1) this.#goTo(this.hunk + 1);
  }

  keep(hunk, keep) {
    this.#choices.keepHunk(this.#subject.current, hunk, keep);
    this.hunk = hunk;
    this.#tools.say(this.#i18n.t(keep ? "review.is_kept" : "review.is_out"));
    this.#tools.draw();
  }

  #goTo(hunk) {
    this.hunk = Math.min(hunk, this.count - 1);
    this.#tools.draw();
    if (this.hunk < 0) return;
    this.#tools.show(this.hunk);
    const { t } = this.#i18n;
    const kept = isKept(this.#choices.of(this.#subject.current), this.hunk);
    const name = t("review.hunk", { number: this.hunk + 1, total: this.count });
    this.#tools.say(`${name}, ${t(kept ? "review.is_kept" : "review.is_out")}`);
  }
}
