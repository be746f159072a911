// A proposal as rows to draw: what stays, goes and comes, with the numbers of the lines. Pure: values in, values out.
//
// The hunks are the server's own, so that the one that a person accepts is the one that is applied.
import { linesOf } from "./line_diff.js";

/** Unchanged lines that stay in sight around a change. */
const CONTEXT = 3;
/** Fewer hidden lines than this are not worth a fold. */
const FEWEST = 2;

const visible = (line) => (line.endsWith("\r") ? line.slice(0, -1) : line);

/** The unchanged stretches before, between and after the hunks: `[from in before, from in after, count]`. */
function stretches(hunks, total) {
  const starts = [[0, 0], ...hunks.map(([, toA, , toB]) => [toA, toB])];
  const ends = [...hunks.map(([fromA]) => fromA), total];
  return starts.map(([a, b], index) => [a, b, Math.max(0, ends[index] - a)]);
}

const same = (lines, a, b) => ({ kind: "same", a, b, text: visible(lines[a] ?? "") });

function foldOf(index, count, stretch, { context, open }) {
  const head = index === 0 ? 0 : context;
  const tail = index === count - 1 ? 0 : context;
  const hidden = stretch[2] - head - tail;
  return hidden < FEWEST || open.has(index) ? null : { head, tail, hidden };
}

function stretchRows(lines, [a, b, count], fold, index) {
  const rows = [];
  const add = (from, to) => {
    for (let at = from; at < to; at += 1) rows.push(same(lines, a + at, b + at));
  };
  if (!fold) add(0, count);
  else {
    add(0, fold.head);
    rows.push({ kind: "fold", a: null, b: null, text: "", hidden: fold.hidden, fold: index });
    add(count - fold.tail, count);
  }
  return rows;
}

/** Lines that look the same differ in their ends, or the text ends without a line break: that has to be seen. */
function ends(before, after) {
  const mark = (text, other) => (line, isLast) => {
    if (line.endsWith("\r") && !other.includes("\r")) return "crlf";
    return isLast && !text.endsWith("\n") && other.endsWith("\n") ? "no_newline" : null;
  };
  return { removed: mark(before, after), added: mark(after, before) };
}

/**
 * `{hunks: [[rows that go, rows that come], …], stretches: [rows, …]}`; there is one stretch more than hunks. `full`
 * shows all lines, `open` names the folds that were opened.
 */
export function sections({ before, after, hunks }, { full = false, open = new Set() } = {}) {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const note = ends(before, after);
  const line = (kind, lines, at, side, inHunk) => ({
    kind,
    inHunk,
    a: side === "a" ? at : null,
    b: side === "b" ? at : null,
    text: visible(lines[at] ?? ""),
    note: note[kind](lines[at] ?? "", at === lines.length - 1),
  });
  const range = (from, to, make) =>
    Array.from({ length: Math.max(0, to - from) }, (_, at) => make(from + at, at));
  const all = stretches(hunks, old.length);
  const options = { context: full ? Number.POSITIVE_INFINITY : CONTEXT, open };
  return {
    stretches: all.map((stretch, index) =>
      stretchRows(old, stretch, full ? null : foldOf(index, all.length, stretch, options), index),
    ),
    hunks: hunks.map(([fromA, toA, fromB, toB]) => [
      range(fromA, toA, (at, place) => line("removed", old, at, "a", place)),
      range(fromB, toB, (at, place) => line("added", fresh, at, "b", place)),
    ]),
  };
}

/** One list: what goes above what comes. Each row of a hunk carries its number. */
export function unified({ stretches: kept, hunks }) {
  const rows = [...kept[0]];
  hunks.forEach(([removed, added], hunk) => {
    for (const row of removed) rows.push({ ...row, hunk });
    for (const row of added) rows.push({ ...row, hunk });
    for (const row of kept[hunk + 1]) rows.push(row);
  });
  return rows;
}

const filler = (hunk) => ({ kind: "filler", a: null, b: null, text: "", hunk });

/** Two lists of the same length: before and after, line beside line. */
export function sideBySide({ stretches: kept, hunks }) {
  const left = [...kept[0]];
  const right = [...kept[0]];
  hunks.forEach(([removed, added], hunk) => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      left.push(removed[at] ? { ...removed[at], hunk } : filler(hunk));
      right.push(added[at] ? { ...added[at], hunk } : filler(hunk));
    }
    for (const row of kept[hunk + 1]) {
      left.push(row);
      right.push(row);
    }
  });
  return { left, right };
}

/** The first row of every hunk. */
export function firstRows(rows) {
  const first = [];
  rows.forEach(({ hunk }, index) => {
    if (hunk !== undefined) first[hunk] ??= index;
  });
  return first;
}
