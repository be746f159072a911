// What is told of an open file: its line in the status bar, and what is selected in it.
import { indentUnit } from "@codemirror/language";
import { diagnosticCount } from "@codemirror/lint";
import { languageName } from "./code/languages.js";

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

/** What the status bar shows of an open file; null for one that is no text. */
export function statusOf({ session, editorState, file, language }, isReadOnly, t) {
  if (!session) return null;
  return {
    state: isReadOnly ? "readonly" : session.state,
    position: positionOf(editorState),
    kind: [languageName(language) ?? t("status.plain"), encodingOf(file), endsOf(session, t)].join(" · "),
    indent: indentOfState(editorState),
    problems: diagnosticCount(editorState),
  };
}

function encodingOf({ encoding }) {
  return { "utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM" }[encoding] ?? encoding.toUpperCase();
}

function endsOf({ ends }, t) {
  return { lf: "LF", crlf: "CRLF", exact: t("status.mixed") }[ends];
}

/** `{from_line, to_line, text}` of what is selected, or null. */
export function selectedLines({ doc, selection }) {
  const { from, to, empty } = selection.main;
  if (empty) return null;
  const text = doc.sliceString(from, to);
  const last = text.endsWith("\n") ? to - 1 : to; // the line that it ends before is none of it
  return { from_line: doc.lineAt(from).number, to_line: doc.lineAt(last).number, text };
}
