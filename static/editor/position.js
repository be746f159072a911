// What the status bar says of an editor state.
import { indentUnit } from "@codemirror/language";

/** Line and column as people count, and how many characters are selected. */
export function positionOf({ doc, selection }) {
  const { head } = selection.main;
  const line = doc.lineAt(head);
  const selected = selection.ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  return { line: line.number, column: head - line.from + 1, selected };
}

export function indentOfState(state) {
  return state.facet(indentUnit);
}
