// A text that is being written, in a small window: whole pieces are never touched again, and those out of sight are
// not laid out (`content-visibility`), so a frame costs the same at line 10 and at line 10,000.
import { growText, h } from "../dom.js";

const LINES = 50;
/** A line without an end is cut into pieces of this length. */
const LONGEST = 8000;

/** Where the piece that begins at `from` ends, or -1 while it may still grow. */
function endOfPiece(text, from) {
  let at = from - 1;
  for (let line = 0; line < LINES; line += 1) {
    const next = text.indexOf("\n", at + 1);
    if (next < 0) break;
    at = next;
    if (line === LINES - 1) return at + 1;
  }
  return text.length - from > LONGEST ? from + LONGEST : -1;
}

function countLines(text, from) {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

export class Writing {
  element;
  #whole = 0; // characters in pieces that are whole
  #seen = 0; // characters that were counted
  #breaks = 0;
  #text = "";
  #open;

  constructor(label) {
    this.element = h("pre", { class: "writing", tabindex: "0", role: "group", "aria-label": label });
    this.#begin();
  }

  get lines() {
    return this.#breaks + (this.#text !== "" && !this.#text.endsWith("\n") ? 1 : 0);
  }

  update(text) {
    if (text === this.#text) return;
    if (!text.startsWith(this.#text)) this.#reset();
    this.#text = text;
    this.#breaks += countLines(text, this.#seen);
    this.#seen = text.length;
    for (let end = endOfPiece(text, this.#whole); end > 0; end = endOfPiece(text, this.#whole)) {
      growText(this.#open, text.slice(this.#whole, end));
      this.#whole = end;
      this.#begin();
    }
    growText(this.#open, text.slice(this.#whole));
  }

  /** The newest line stays in sight while the person looks at the end. */
  follow() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this.element.scrollTop = scrollHeight;
    return scrollHeight - scrollTop - clientHeight;
  }

  #begin() {
    this.#open = document.createTextNode("");
    this.element.append(h("span", { class: "writing-piece" }, this.#open));
  }

  #reset() {
    this.#whole = 0;
    this.#seen = 0;
    this.#breaks = 0;
    this.element.replaceChildren();
    this.#begin();
  }
}
