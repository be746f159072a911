// Sends what was decided in a review and keeps what came of it: errors, and conflicts to settle.
import { applying, applyingAll, inTheWay } from "./choice.js";

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
  #begun = new Map(); // the same, those that were left too: the text that was being made of each
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

  /** One proposal, whatever becomes of the others. */
  apply(message, action) {
    return this.#applyOne(message, action, applying(action, this.#choices.of(action)));
  }

  /** All of the turn that can be applied; what can't is dropped: one bad proposal holds up the others. */
  async applyAll(message) {
    const choiceOf = (action) => this.#choices.of(action);
    const items = applyingAll(message.actions, choiceOf);
    const again = () => this.applyAll(message);
    if (!items.length) return;
    const bad = inTheWay(message.actions, choiceOf);
    await this.#try("apply", { action: null, again, items }, async () => {
      for (const { id } of bad) await this.#decisions.decide("reject", message.id, { actionId: id });
      return this.#decisions.apply(message.id, items);
    });
  }

  /** `what` is reject, undo or reopen; the whole turn where there is no action. */
  decide(what, message, action = null, { reason = "", settled = [] } = {}) {
    const again = () => this.decide(what, message, action, { reason, settled });
    const options = { actionId: action?.id ?? null, reason, settled };
    return this.#try(what, { action, again, items: settled }, () =>
      this.#decisions.decide(what, message.id, options),
    );
  }

  /** Goes on with the text that a person made out of a conflict; what was decided with it goes along. */
  settle(message, action, content) {
    const { what, items, whole, theirs } = this.conflictOf(action);
    const digest = theirs?.digest ?? null;
    const others = items.filter(({ id }) => id !== action.id);
    if (what === "undo") {
      const settled = [...others, { id: action.id, digest, content }];
      return this.decide("undo", message, whole ? null : action, { settled });
    }
    const item = { id: action.id, hash: action.hash, content, settled: digest };
    if (!whole) return this.#applyOne(message, action, item);
    const all = [...others, item];
    const again = () => this.settle(message, action, content);
    return this.#try("apply", { action: null, again, items: all }, () =>
      this.#decisions.apply(message.id, all),
    );
  }

  #applyOne(message, action, item) {
    const again = () => this.#applyOne(message, action, item);
    return this.#try("apply", { action, again, items: [item] }, () =>
      this.#decisions.applyOne(message.id, item),
    );
  }

  /** The server's answer, or null where there is none: why is kept. */
  async #try(what, attempt, request) {
    this.#errors.clear();
    try {
      const answer = await request();
      if (answer === null) return null;
      for (const changed of answer.actions ?? []) {
        this.#conflicts.delete(changed.id);
        this.#begun.delete(changed.id);
        // What was turned down may be taken up again, as the person has left it.
        if (what === "apply" || what === "undo") this.#choices.forget(changed);
      }
      this.#onNews(what);
      return answer;
    } catch (error) {
      this.refused(what, attempt, error);
      return null;
    }
  }

  /** What was tried, here or in the answer, did not work. */
  refused(what, { action, again, items = [] }, error) {
    const conflicts = error.details?.conflicts;
    if (error.code === "conflict" && Array.isArray(conflicts) && conflicts.length) {
      for (const conflict of conflicts) this.#keepConflict(conflict, { what, items, whole: action === null });
      this.#onNews("conflict", conflicts[0]);
      return;
    }
    this.#errors.set(action?.id ?? null, { error: told(error), again });
    this.#onNews("failed");
  }

  /** A side is `{digest, text}`, or null where there is no file; one without a text can't be settled here. */
  #keepConflict(conflict, attempt) {
    this.#ticket += 1;
    const sides = [conflict.base, conflict.mine, conflict.theirs];
    const isText = sides.every((side) => !side || typeof side.text === "string");
    const canSettle = isText && attempt.what !== "reopen";
    const begun = this.#begun.get(conflict.id);
    const text = begun && sidesOf(begun) === sidesOf(conflict) ? begun.text : null;
    const kept = { ...conflict, ...attempt, ticket: this.#ticket, canSettle, text };
    this.#conflicts.set(conflict.id, kept);
    this.#begun.set(conflict.id, kept);
  }
}

function sidesOf({ base, mine, theirs }) {
  return JSON.stringify([base, mine, theirs].map((side) => side?.text ?? null));
}
