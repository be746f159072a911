// The end of a text that is still being written, made presentable: marks that are not closed yet are closed or hidden,
// so that nothing on screen changes its kind a moment later.

/** A last line of marks alone may still become a list, a rule, a heading or a fence: it waits. */
const UNDECIDED = /^[ \t>]*(?:[-*_+=#`~ \t]+|\d{1,9}[.)]?[ \t]*|\|.*)$/;

/** The source without a last line that can't be understood yet. */
export function withoutUndecidedLine(source) {
  const cut = source.lastIndexOf("\n") + 1;
  return UNDECIDED.test(source.slice(cut)) ? source.slice(0, cut) : source;
}

/** A table's head is a paragraph until the line under it has come: it waits too. */
export function withoutUndecidedTable(source) {
  const lines = source.split("\n");
  let first = lines.length - 1;
  if (lines[first] === "") first -= 1;
  const isHead = /^ {0,3}\|/.test(lines[first] ?? "") && !/^ {0,3}\|/.test(lines[first - 1] ?? "");
  return isHead ? lines.slice(0, first).join("\n") : source;
}

const withoutCode = (text) =>
  text.replace(/(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (code) => "x".repeat(code.length));

function closedCode(text) {
  const open = withoutCode(text).match(/`+/);
  return open ? text + open[0] : text;
}

function withoutOpenLink(text) {
  return text
    .replace(/!?\[([^\][]*)\]\([^()\s]*$/, "$1")
    .replace(/!?\[([^\][]*)\]$/, "$1")
    .replace(/!?\[([^\][]*)$/, "$1")
    .replace(/<[a-z][^<>\s]*$/i, "");
}

function closedMark(text, mark, pattern) {
  const opened = withoutCode(text).match(pattern)?.length ?? 0;
  return opened % 2 ? text + mark : text;
}

/** Inline text as it would stand if it ended here. */
export function settled(text) {
  // Backticks at the end may close code or open it: without them, what is open shows.
  const cut = text.replace(/(?<!`)`{1,2}$/, "");
  const code = closedCode(cut);
  if (code !== cut) return code;
  const plain = withoutOpenLink(cut.replace(/[*_~\\!<`[]+$/, ""));
  const strong = closedMark(plain, "**", /(?<!\\)\*\*/g);
  const deleted = closedMark(strong, "~~", /(?<!\\)~~/g);
  return closedMark(deleted, "*", /(?<![*\\\s])\*(?![*])|(?<![*\\])\*(?![*\s])/g);
}
