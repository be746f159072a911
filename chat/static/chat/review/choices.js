// The choices of a review, as they are made: kept in this browser until they are applied.
import { choiceFor, EVERYTHING, isChanged, withContent, withHunk } from "./choice.js";

/** A text that is being written is kept this often. */
const KEEP_AFTER = 300;

export class Choices {
  #shelf;
  #waiting = new Map(); // action id → timer
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
    const choice = withContent(action, this.of(action), text);
    this.#known.set(action.id, choice);
    clearTimeout(this.#waiting.get(action.id));
    this.#waiting.set(
      action.id,
      setTimeout(() => this.#write(action.id), KEEP_AFTER),
    );
  }

  /** As it was when the proposal was applied. */
  take(action, choice) {
    this.#keep(action, choice);
  }

  /** The page may go away any moment. */
  flush() {
    for (const id of this.#waiting.keys()) this.#write(id);
  }

  /** What was chosen is done, or was given up. */
  forget({ id }) {
    this.#known.delete(id);
    clearTimeout(this.#waiting.get(id));
    this.#waiting.delete(id);
    this.#shelf.keepChoice(id, null);
  }

  #keep(action, choice) {
    this.#known.set(action.id, choice);
    this.#write(action.id);
  }

  #write(id) {
    clearTimeout(this.#waiting.get(id));
    this.#waiting.delete(id);
    const choice = this.#known.get(id);
    this.#shelf.keepChoice(id, choice && isChanged(choice) ? choice : null);
  }
}
