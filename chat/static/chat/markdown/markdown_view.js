// A Markdown text on the page that may still be growing. Only its last block is read again when text comes;
// blocks that are finished are never touched.
import { h } from "../dom.js";
import { Blocks } from "./blocks.js";
import { endOfLongBlock, readsTheSame } from "./long_block.js";
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

function parse(source) {
  return tree(blockTokens(source), source.split("\n"));
}

export class MarkdownView {
  element = h("div", { class: "markdown" });
  #blocks;
  #text = "";
  #read = 0; // characters in what is final
  #head = ""; // stands before the rest, for a table whose head is final
  #done = false;

  /** `tools` is `{t, announce(text), insert({text, language}), create({text, language, info})}`. */
  constructor(tools) {
    this.#blocks = new Blocks(this.element, tools);
  }

  /** Shows `given`; with `done`, nothing more is expected. */
  update(given, done) {
    const text = given.includes("\r") ? given.replace(/\r\n?/g, "\n") : given;
    if (text === this.#text && done === this.#done) return;
    if (!text.startsWith(this.#text)) this.#reset();
    this.#text = text;
    this.#done = done;
    const source = this.#head + text.slice(this.#read);
    this.#draw(done ? source : presentable(source));
  }

  #reset() {
    this.#blocks.clear();
    this.#read = 0;
    this.#head = "";
  }

  #draw(source) {
    const nodes = parse(source);
    this.#blocks.update(nodes, !this.#done);
    if (this.#done || nodes.length === 0) return;
    if (nodes.length > 1) this.#finishBlocks(nodes, source);
    else this.#finishRows(nodes[0], source);
  }

  /** All blocks but the last are final once the last begins on a line that is whole. */
  #finishBlocks(nodes, source) {
    const last = nodes.at(-1);
    const starts = lineStarts(source);
    if (last.line >= starts.length - 1) return;
    this.#blocks.finish(nodes.length - 1);
    this.#moveTo(starts[last.line], "");
  }

  /** So are all rows but the last of a long list or table. */
  #finishRows(node, source) {
    const end = endOfLongBlock(node, source.split("\n"));
    if (!end) return;
    const at = lineStarts(source)[end.line];
    if (!readsTheSame(node, parse(end.head + source.slice(at)))) return;
    const rows = node.tag === "table" ? this.#blocks.insideLast.insideLast : this.#blocks.insideLast;
    rows.finish(end.count);
    this.#moveTo(at, end.head);
  }

  #moveTo(at, head) {
    this.#read += at - this.#head.length;
    this.#head = head;
  }
}

/** A growing text without an end that can't be understood yet. */
function presentable(source) {
  if (!OPEN_FENCE.test(source)) return withoutUndecidedTable(withoutUndecidedLine(source));
  // In code every line counts as it is, only the start of a closing fence waits.
  const cut = source.lastIndexOf("\n") + 1;
  return cut > 0 && /^ {0,3}[`~]+$/.test(source.slice(cut)) ? source.slice(0, cut) : source;
}
