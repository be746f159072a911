// The text of one paragraph, heading or cell. A long one is split into closed pieces, of which only the last changes.
import { inlineHtml, isClosed } from "./parser.js";
import { sanitized } from "./sanitize.js";
import { settled } from "./settle.js";

const PIECE = 1600;

function sameNode(a, b) {
  return a.nodeType === b.nodeType && a.isEqualNode(b);
}

/** Puts `fragment` in place of `nodes`, keeping the nodes at the start that are the same. */
function patch(parent, nodes, fragment) {
  const fresh = [...fragment.childNodes];
  let same = 0;
  while (same < nodes.length && same < fresh.length && sameNode(nodes[same], fresh[same])) same += 1;
  const kept = keepText(nodes[same], fresh[same]) ? same + 1 : same;
  for (const node of nodes.slice(kept)) node.remove();
  parent.append(...fresh.slice(kept));
  return [...nodes.slice(0, kept), ...fresh.slice(kept)];
}

/** A text node that has grown stays the node it is: a selection in it stays too. */
function keepText(node, fresh) {
  if (node?.nodeType !== Node.TEXT_NODE || fresh?.nodeType !== Node.TEXT_NODE) return false;
  if (fresh.data.startsWith(node.data)) node.appendData(fresh.data.slice(node.data.length));
  else node.data = fresh.data;
  return true;
}

export class Inline {
  #element;
  #whole = ""; // the source of the pieces that are closed
  #nextTry = PIECE * 2;
  #nodes = []; // what shows the rest
  #shown = null;

  constructor(element) {
    this.#element = element;
  }

  /** `open`: more may come. */
  update(source, open) {
    if (!source.startsWith(this.#whole)) this.#reset();
    this.#splitOff(source);
    const rest = source.slice(this.#whole.length);
    this.#show(open ? settled(rest) : rest);
  }

  #reset() {
    this.#whole = "";
    this.#nodes = [];
    this.#shown = null;
    this.#element.replaceChildren();
  }

  #show(source) {
    if (source === this.#shown) return;
    this.#shown = source;
    this.#nodes = patch(this.#element, this.#nodes, sanitized(inlineHtml(source)));
  }

  #splitOff(source) {
    while (source.length - this.#whole.length > this.#nextTry) {
      const start = this.#whole.length;
      const end = source.indexOf(" ", start + PIECE) + 1;
      if (end === 0 || !isClosed(source.slice(start, end))) {
        // Something is open across the whole piece: look again when there is more, not at every word.
        this.#nextTry += PIECE;
        return;
      }
      this.#closePiece(source, start, end);
    }
  }

  #closePiece(source, start, end) {
    this.#show(source.slice(start, end));
    this.#whole = source.slice(0, end);
    this.#nodes = [];
    this.#shown = null;
    this.#nextTry = PIECE * 2;
  }
}
