// Keeps a piece of the page equal to a tree of blocks, by the smallest change: what is the same is not touched.
import { CodeBlock } from "./code_block.js";
import { Inline } from "./inline.js";
import { TAGS } from "./sanitize.js";

function element(tag) {
  // The same list that filters inline text: a new kind of block is a decision, not an accident.
  if (!TAGS.includes(tag)) throw new TypeError(`not an allowed tag: ${tag}`);
  return document.createElement(tag);
}

function setClass(target, name) {
  if (target.className === name) return;
  if (name) target.className = name;
  else target.removeAttribute("class");
}

class Box {
  constructor(tools, tag) {
    this.inner = element(tag);
    this.element = this.inner;
    // A wide table scrolls by itself, so the panel doesn't.
    if (tag === "table") this.element = scrollable(this.inner);
    this.blocks = new Blocks(this.inner, tools);
  }

  update({ children, className, start }, open) {
    // Once its first children are final, what is read again is only its end: the beginning decided these.
    if (!this.blocks.hasFinished) {
      setClass(this.inner, className);
      if (start !== null && start !== 1) this.inner.setAttribute("start", String(start));
    }
    this.blocks.update(children, open);
  }
}

function scrollable(table) {
  const frame = document.createElement("div");
  frame.className = "table-frame";
  frame.tabIndex = 0;
  frame.append(table);
  return frame;
}

class Text {
  constructor(_tools, tag) {
    this.element = element(tag);
    this.inline = new Inline(this.element);
  }

  update({ source, className = "" }, open) {
    setClass(this.element, className);
    this.inline.update(source, open);
  }
}

class Code {
  constructor(tools) {
    this.block = new CodeBlock(tools);
    this.element = this.block.element;
  }

  update(node, open) {
    this.block.update(node, open);
  }
}

class Rule {
  element = element("hr");

  update() {}
}

const VIEWS = Object.freeze({ box: Box, inline: Text, code: Code, rule: Rule });

export class Blocks {
  #parent;
  #tools;
  #views = []; // {kind, tag, view}
  #finished = 0;

  constructor(parent, tools) {
    this.#parent = parent;
    this.#tools = tools;
  }

  /** Makes the blocks after the finished ones equal to `nodes`; with `open`, the last one may still grow. */
  update(nodes, open) {
    nodes.forEach((node, index) => {
      this.#put(this.#finished + index, node, open && index === nodes.length - 1);
    });
    this.#cut(this.#finished + nodes.length);
  }

  /** The next `count` blocks are final. */
  finish(count) {
    this.#finished += count;
    // Their views are not needed any more; their elements stay.
    for (let index = this.#finished - count; index < this.#finished; index += 1) this.#views[index] = null;
  }

  get hasFinished() {
    return this.#finished > 0;
  }

  /** The blocks inside the last one, if it is of a kind that holds blocks. */
  get insideLast() {
    return this.#views.at(-1)?.view.blocks ?? null;
  }

  clear() {
    this.#views = [];
    this.#finished = 0;
    this.#parent.replaceChildren();
  }

  #put(index, node, open) {
    const known = this.#views[index];
    if (known && (known.kind !== node.kind || known.tag !== node.tag)) this.#cut(index);
    this.#views[index] ??= this.#create(node);
    this.#views[index].view.update(node, open);
  }

  #create({ kind, tag }) {
    const view = new VIEWS[kind](this.#tools, tag);
    this.#parent.append(view.element);
    return { kind, tag, view };
  }

  #cut(length) {
    for (const { view } of this.#views.splice(length)) view.element.remove();
  }
}
