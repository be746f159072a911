// Flat block tokens → a tree of plain nodes: {kind, tag, start, className, line, children | source | code}.

const FENCE_END = /^[\s>]*((`|~)\2{2,})\s*$/;
/** A task list, as GitHub writes it: the first text of an item begins with its box. */
const TASK = /^\[([ xX])\](?=\s)/;
const isFence = (token) => token.type === "fence" || token.type === "code_block";

function codeNode(token, lines) {
  const info = token.type === "fence" ? token.info.trim() : "";
  return {
    kind: "code",
    tag: "pre",
    line: token.map[0],
    code: token.content,
    info,
    language: info.split(/\s+/)[0],
    closed: isEnded(token, lines),
  };
}

/** The parser takes an open fence for a whole one: only its last line tells. */
function isEnded(token, lines) {
  if (token.type !== "fence") return true;
  const [first, end] = token.map;
  const [, fence = "", mark] = FENCE_END.exec(lines[end - 1] ?? "") ?? [];
  return end - first > 1 && mark === token.markup[0] && fence.length >= token.markup.length;
}

function alignment(token) {
  const style = token.attrGet("style") ?? "";
  return style.startsWith("text-align:") ? `align-${style.slice("text-align:".length)}` : "";
}

function container(token) {
  const start = token.tag === "ol" ? Number(token.attrGet("start") ?? 1) : null;
  return {
    kind: "box",
    tag: token.tag,
    line: token.map?.[0] ?? 0,
    start,
    className: alignment(token),
    children: [],
  };
}

function leaf(token, open) {
  // A cell and a heading hold their text directly; a paragraph is its own element even in a tight list.
  return { kind: "inline", tag: open.tag, line: open.line, className: open.className, source: token.content };
}

function boxed(node) {
  return { ...node, source: node.source.replace(TASK, (_, mark) => (mark === " " ? "☐" : "☑")) };
}

class Builder {
  #root = { children: [] };
  #path = [this.#root];
  #lines;

  constructor(lines) {
    this.#lines = lines;
  }

  add(token) {
    if (token.nesting === 1) this.#open(token);
    else if (token.nesting === -1) this.#close();
    else if (token.type === "inline") this.#replaceTop(leaf(token, this.#top));
    else if (isFence(token)) this.#top.children.push(codeNode(token, this.#lines));
    else if (token.type === "hr") this.#top.children.push({ kind: "rule", tag: "hr", line: token.map[0] });
  }

  get nodes() {
    return this.#root.children;
  }

  get #top() {
    return this.#path.at(-1);
  }

  #open(token) {
    const node = container(token);
    this.#top.children.push(node);
    if (token.type === "paragraph_open" && token.hidden) this.#markTight();
    this.#path.push(node);
  }

  #markTight() {
    const list = this.#path.findLast((node) => node.tag === "ul" || node.tag === "ol");
    if (list) list.className = "tight";
  }

  #close() {
    this.#path.pop();
  }

  #replaceTop(node) {
    const holder = this.#path.at(-2);
    const { children } = holder;
    const isTask = holder.tag === "li" && children.length === 1 && TASK.test(node.source);
    if (isTask) holder.className = "task";
    children[children.length - 1] = isTask ? boxed(node) : node;
    this.#path[this.#path.length - 1] = { ...node, children: [] };
  }
}

export function tree(tokens, lines) {
  const builder = new Builder(lines);
  for (const token of tokens) builder.add(token);
  return builder.nodes;
}
