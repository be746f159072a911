// What every file's editor can do. What a file alone decides (language, read only) sits in compartments.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";
import { phrases } from "./phrases.js";
import { theme } from "./theme.js";

export const language = new Compartment();
export const access = new Compartment();
export const wrapping = new Compartment();
export const linting = new Compartment();

/** Keys that the studio has its own commands for. */
const TAKEN = new Set(["Mod-Alt-g", "Alt-l"]);
const ours = (bindings) => bindings.filter(({ key }) => !TAKEN.has(key));

const editing = [
  lintGutter(), // from the start: one that comes with the first problem would push the text aside
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  foldGutter({ openText: "▾", closedText: "▸" }),
  drawSelection(),
  dropCursor(),
  EditorState.allowMultipleSelections.of(true),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  rectangularSelection(),
  crosshairCursor(),
  highlightActiveLine(),
  highlightSelectionMatches({ minSelectionLength: 2, wholeWords: true }),
  search({ top: true }),
  keymap.of([
    ...closeBracketsKeymap,
    ...ours(searchKeymap),
    ...ours(defaultKeymap),
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    indentWithTab, // Escape, then Tab leaves the editor
  ]),
  theme,
];

/** `{doc, ends, path, readOnly, i18n, nonce, wrap, extra}` → a file's first state. */
export function makeState({ doc, ends, label, readOnly, locale, nonce, wrap, extra = [] }) {
  const text = doc.sliceString(0, 20_000);
  return EditorState.create({
    doc,
    extensions: [
      extra,
      editing,
      ends === "exact" ? EditorState.lineSeparator.of("\n") : [],
      EditorState.phrases.of(phrases(locale)),
      EditorView.cspNonce.of(nonce),
      EditorView.contentAttributes.of({
        "aria-label": label,
        // It takes the focus as it is; said aloud, because what reads the page for people looks for it.
        tabindex: "0",
        spellcheck: "false",
        autocorrect: "off",
        translate: "no",
      }),
      indentUnit.of(indentOf(text)),
      language.of([]),
      linting.of([]),
      access.of(accessOf(readOnly)),
      wrapping.of(wrapOf(wrap)),
    ],
  });
}

/** A file that cannot be changed can still be walked through by keyboard. */
export function accessOf(readOnly) {
  return EditorState.readOnly.of(readOnly);
}

export function wrapOf(wrap) {
  return wrap ? EditorView.lineWrapping : [];
}

/** The unit that a text indents by: a tab, or the smallest step that is common in it. Two spaces where it says nothing. */
export function indentOf(text) {
  const starts = text.match(/^(\t| +)(?=\S)/gm) ?? [];
  if (starts.filter((start) => start === "\t").length > starts.length / 2) return "\t";
  const widths = starts.filter((start) => start !== "\t").map((start) => start.length);
  const fits = (unit) =>
    widths.length && widths.filter((width) => width % unit === 0).length >= widths.length * 0.8;
  return " ".repeat([4, 2, 3].find(fits) ?? 2);
}
