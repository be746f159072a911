// A first try at settling a conflict: what only one side has changed is taken, where both did, both stand between
// marks for the person to choose. Pure.
import { lineDiff, linesOf } from "./line_diff.js";

const MARKS = { begin: "<<<<<<<", middle: "=======", end: ">>>>>>>" };

/** Whether a text still has marks in it. */
export function isUnsettled(text) {
  return /^(<{7}|>{7}) /m.test(text);
}

/** Changes of both sides that touch are one region of the base: `[from, to]`. */
function regions(ours, theirs) {
  const all = [...ours, ...theirs].map(([from, to]) => [from, to]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const joined = [];
  for (const [from, to] of all) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** The lines of one side that stand for a region of the base. */
function sideOf(lines, hunks, [from, to]) {
  let start = from;
  let end = to;
  for (const [fromA, toA, fromB, toB] of hunks) {
    const shift = toB - fromB - (toA - fromA);
    if (toA < from || (toA === from && fromA < from)) start += shift;
    if (toA <= to && fromA <= to) end += shift;
  }
  return lines.slice(start, end);
}

function settled(base, mine, theirs, labels) {
  const alike = (a, b) => a.length === b.length && a.every((line, index) => line === b[index]);
  if (alike(mine, theirs) || alike(base, mine)) return theirs;
  if (alike(base, theirs)) return mine;
  return [`${MARKS.begin} ${labels.theirs}`, ...theirs, MARKS.middle, ...mine, `${MARKS.end} ${labels.mine}`];
}

/** The text to begin with; `labels` are `{mine, theirs}`. */
export function merged3({ base, mine, theirs }, labels) {
  const [ours, others] = [lineDiff(base, mine), lineDiff(base, theirs)];
  const [old, my, their] = [base, mine, theirs].map(linesOf);
  const out = [];
  let at = 0;
  for (const region of regions(ours, others)) {
    out.push(...old.slice(at, region[0]));
    const [a, b] = [sideOf(my, ours, region), sideOf(their, others, region)];
    out.push(...settled(old.slice(...region), a, b, labels));
    at = region[1];
  }
  out.push(...old.slice(at));
  const ending = (mine.endsWith("\n") || theirs.endsWith("\n")) && out.length ? "\n" : "";
  return out.join("\n") + ending;
}
