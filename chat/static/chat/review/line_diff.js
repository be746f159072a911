// Which lines differ between two texts, as the ranges that the server uses: `[before_from, before_to, after_from,
// after_to]`, counted from 0, the end not included. For what the server has not seen: an edited proposal, a conflict.
import { diff } from "@codemirror/merge";

/** One letter stands for one kind of line; beyond this many kinds the rest counts as different. */
const KINDS = 0xd000;
const EFFORT = { scanLimit: 1000, timeout: 150 }; // less exact beyond that, never slower

/** The lines of a text; a last line break ends a line, it does not begin one. */
export function linesOf(text) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function letters(lines, known, extra) {
  return lines
    .map((line) => {
      if (!known.has(line) && known.size < KINDS) known.set(line, String.fromCharCode(known.size + 1));
      return known.get(line) ?? extra;
    })
    .join("");
}

/** A text without a final line break has another last line. */
function comparable(text) {
  const lines = linesOf(text);
  if (lines.length && !text.endsWith("\n")) lines[lines.length - 1] += "\0";
  return lines;
}

export function lineDiff(before, after) {
  const known = new Map();
  const a = letters(comparable(before), known, "\ue000");
  const b = letters(comparable(after), known, "\ue001");
  return diff(a, b, EFFORT).map(({ fromA, toA, fromB, toB }) => [fromA, toA, fromB, toB]);
}

/** How many lines go and come. */
export function counted(hunks) {
  const sum = (size) => hunks.reduce((total, hunk) => total + size(hunk), 0);
  return { removed: sum(([from, to]) => to - from), added: sum(([, , from, to]) => to - from) };
}
