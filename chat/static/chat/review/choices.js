// The choices of a review, as they are made: kept in this browser until they are applied.
import { choiceFor, EVERYTHING, isChanged, withContent, withHunk } from "./choice.js";

export class Choices {
  #shelf;
  #known = new Map(); // action id → choice

  constructor(shelf) {
    this.#shelf = shelf;
  }

  of(action) {
    if (action.id === undefined) return EVERYTHING;
    const known = this.#known.get(action.id);
    if (known && (known === EVERYTHING || known.hash === action.hash)) return known;
    const choice = choiceFor(action, known ?? this.#shelf.choice(action.id));
    this.#known.set(action.id, choice);
    return choice;
  }

  keepHunk(action, hunk, keep) {
    this.#keep(action, withHunk(action, this.of(action), hunk, keep));
  }

  keepText(action, text) {
    this.#keep(action, withContent(action, this.of(action), text));
  }

  /** What was chosen is done, or was given up. */
  forget({ id }) {
    this.#known.delete(id);
    this.#shelf.keepChoice(id, null);
  }

  #keep(action, choice) {
    this.#known.set(action.id, choice);
    this.#shelf.keepChoice(action.id, isChanged(choice) ? choice : null);
  }
}
