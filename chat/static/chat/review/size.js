// How many lines a proposal takes away and brings, with what the person has chosen of it so far. Pure.
import { canApply, isKept } from "./choice.js";
import { counted, lineDiff } from "./line_diff.js";

const known = new WeakMap(); // choice → {before, size}: choices never change, texts are compared once

/** `{added, removed}`; nothing where the person has a text of their own and `before`, what it replaces, is not known. */
export function sizeOf(action, choice, before) {
  if (choice.content !== null && ["pending", "failed"].includes(action.status))
    return typeof before === "string" ? ownSize(choice, before) : {};
  if (!canApply(action) || choice.dropped.length === 0) return action;
  return counted((action.hunks ?? []).filter((_, index) => isKept(choice, index)));
}

/** The text that a proposal replaces, of its details: empty for a new file, undefined while they are not there. */
export function replacedText(details) {
  return details ? (details.before ?? "") : undefined;
}

function ownSize(choice, before) {
  const found = known.get(choice);
  if (found?.before === before) return found.size;
  const size = counted(lineDiff(before, choice.content));
  known.set(choice, { before, size });
  return size;
}
