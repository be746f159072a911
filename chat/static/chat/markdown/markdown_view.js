// A Markdown text on the page that may still be growing. Only its last block is read again when text comes;
// blocks that are finished are never touched.
import { h } from "../dom.js";
import { Blocks } from "./blocks.js";
import { blockTokens } from "./parser.js";
import { withoutUndecidedLine, withoutUndecidedTable } from "./settle.js";
import { tree } from "./tree.js";

const OPEN_FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Where each line of a text begins, and one more: its length. */
function lineStarts(source) {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

export class MarkdownView {
  element = h("div", { class: "markdown" });
  #blocks;
  #text = "";
  #read = 0; // characters in finished blocks
  #done = false;

  /** `tools` is `{t, announce}`. */
  constructor(tools) {
    this.#blocks = new Blocks(this.element, tools);
  }

  /** Shows `text`; with `done`, nothing more is expected. */
  update(text, done) {
    if (text === this.#text && done === this.#done) return;
    if (!text.startsWith(this.#text)) this.#reset();
    this.#text = text;
    this.#done = done;
    const rest = text.slice(this.#read);
    this.#draw(done ? rest : this.#presentable(rest));
  }

  #reset() {
    this.#blocks.clear();
    this.#read = 0;
  }

  #presentable(rest) {
    if (OPEN_FENCE.test(rest)) return this.#withoutUndecidedFence(rest);
    return withoutUndecidedTable(withoutUndecidedLine(rest));
  }

  /** In code every line counts as it is, only the start of a closing fence waits. */
  #withoutUndecidedFence(rest) {
    const cut = rest.lastIndexOf("\n") + 1;
    return cut > 0 && /^ {0,3}[`~]+$/.test(rest.slice(cut)) ? rest.slice(0, cut) : rest;
  }

  #draw(source) {
    const lines = source.split("\n");
    const nodes = tree(blockTokens(source), lines);
    this.#blocks.update(nodes, !this.#done);
    if (!this.#done) this.#finish(nodes, source);
  }

  /** All blocks but the last are final once the last begins on a line that is whole. */
  #finish(nodes, source) {
    const last = nodes.at(-1);
    if (nodes.length < 2) return;
    const starts = lineStarts(source);
    if (last.line >= starts.length - 1) return;
    this.#blocks.finish(nodes.length - 1);
    this.#read += starts[last.line];
  }
}
