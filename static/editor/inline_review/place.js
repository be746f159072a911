// Where the hunks of a proposal stand in the text that the editor has. The hunks are the server's, so that the one that a
// person keeps is the one that is applied; they count the lines of the text that the proposal was made for. Pure.
import { diff } from "@codemirror/merge";
import { ChangeSet } from "@codemirror/state";

const EFFORT = { scanLimit: 500, timeout: 100 };

/** Where every line begins, and the end: a last line break ends a line, it does not begin one. */
function startsOf(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  if (starts.at(-1) !== text.length) starts.push(text.length);
  return starts;
}

function changesBetween(before, now) {
  if (before === now) return null;
  const changes = diff(before, now, EFFORT).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: now.slice(fromB, toB),
  }));
  return ChangeSet.of(changes, before.length);
}

/**
 * `[{number, from, to, added, isTouched}]`: the range of `now` that goes and the lines that come. `isTouched` says that
 * somebody has changed that very place since. All texts have the editor's line ends.
 */
export function placeHunks({ before, after, hunks }, now) {
  const [old, fresh] = [startsOf(before), startsOf(after)];
  const changes = changesBetween(before, now);
  return hunks.map(([fromA, toA, fromB, toB], number) => {
    const range = { from: old[fromA] ?? before.length, to: old[toA] ?? before.length };
    const added = after.slice(fresh[fromB] ?? after.length, fresh[toB] ?? after.length);
    const moved = changes ? movedRange(range, changes) : { ...range, isTouched: false };
    return { number, ...moved, added: linesOf(added) };
  });
}

/** A range after changes. What is put in right before or after it does not belong to it. */
export function movedRange({ from, to, isTouched = false }, changes) {
  const start = changes.mapPos(from, from === to ? -1 : 1);
  return {
    from: start,
    to: Math.max(start, changes.mapPos(to, -1)),
    isTouched: isTouched || Boolean(changes.touchesRange(from, to)),
  };
}

function linesOf(text) {
  const lines = text.replaceAll("\r", "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
