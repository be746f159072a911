// Sends what was decided in a review and keeps what came of it: errors, and conflicts to settle.
import { applying, applyingAll } from "./choice.js";

const told = (error) => ({
  code: error.code ?? "unknown",
  message: error.text ?? "",
  status: error.status ?? 0,
});

export class Outcomes {
  #decisions;
  #choices;
  #onNews;
  #errors = new Map(); // action id, or null for the turn → {error, again}
  #conflicts = new Map(); // action id → conflict
  #ticket = 0;

  /** `onNews(what, conflict)` hears what came of it: "apply", "reject", "undo", "reopen", "failed" or "conflict". */
  constructor({ decisions, choices, onNews }) {
    this.#decisions = decisions;
    this.#choices = choices;
    this.#onNews = onNews;
  }

  errorOf({ id }) {
    return (this.#errors.get(id) ?? this.#errors.get(null))?.error ?? null;
  }

  conflictOf({ id }) {
    return this.#conflicts.get(id) ?? null;
  }

  clear() {
    this.#errors.clear();
    this.#conflicts.clear();
  }

  leaveConflict({ id }) {
    this.#conflicts.delete(id);
  }

  retry({ id }) {
    const failure = this.#errors.get(id) ?? this.#errors.get(null);
    return failure?.again();
  }

  /** One proposal, or all of the turn that can be applied. */
  apply(message, action = null) {
    const actions = action ? [action] : message.actions;
    const items = action
      ? [applying(action, this.#choices.of(action))]
      : applyingAll(actions, (one) => this.#choices.of(one));
    if (!items.length) return undefined;
    const again = () => this.apply(message, action);
    return this.#try("apply", { action, again, items }, () => this.#decisions.apply(message.id, items));
  }

  /** `what` is reject, undo or reopen; the whole turn where there is no action. */
  decide(what, message, action = null, reason = "") {
    const again = () => this.decide(what, message, action, reason);
    const options = { actionId: action?.id ?? null, reason };
    return this.#try(what, { action, again }, () => this.#decisions.decide(what, message.id, options));
  }

  /** Applies with the text that the person made out of a conflict; the others of the turn go with it. */
  settle(message, action, content) {
    const conflict = this.conflictOf(action);
    const settled = { ...conflict.item, content, settled: conflict.digest ?? null };
    delete settled.hunks;
    const others = conflict.items.filter(({ id }) => id !== action.id);
    const items = [settled, ...others];
    const again = () => this.settle(message, action, content);
    return this.#try("apply", { action, again, items }, () => this.#decisions.apply(message.id, items));
  }

  async #try(what, attempt, request) {
    this.#errors.clear();
    try {
      const answer = await request();
      if (answer === null) return;
      for (const changed of answer.actions ?? []) {
        this.#conflicts.delete(changed.id);
        if (what !== "reopen") this.#choices.forget(changed);
      }
      this.#onNews(what);
    } catch (error) {
      this.refused(what, attempt, error);
    }
  }

  /** What was tried, here or in the answer, did not work. */
  refused(what, { action, again, items = [] }, error) {
    const conflicts = error.details?.conflicts;
    if (error.code === "conflict" && Array.isArray(conflicts) && conflicts.length) {
      this.#conflict(what, items, conflicts);
      return;
    }
    this.#errors.set(action?.id ?? null, { error: told(error), again });
    this.#onNews("failed");
  }

  #conflict(what, items, conflicts) {
    for (const conflict of conflicts) {
      this.#ticket += 1;
      const item = items.find(({ id }) => id === conflict.id);
      this.#conflicts.set(conflict.id, {
        ...conflict,
        item,
        items,
        ticket: this.#ticket,
        canSettle: what === "apply" && item !== undefined,
      });
    }
    this.#onNews("conflict", conflicts[0]);
  }
}
