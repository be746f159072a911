// The editor's look, from the studio's tokens: light and dark follow the page without a word from here.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const frame = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--wb-text)",
    backgroundColor: "var(--wb-code-bg)",
    fontSize: "13px",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--wb-mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--wb-text)" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--wb-accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--wb-code-selection)",
  },
  ".cm-gutters": { backgroundColor: "var(--wb-code-bg)", color: "var(--wb-muted)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "30px", padding: "0 6px 0 4px" },
  ".cm-foldGutter .cm-gutterElement": { width: "14px", cursor: "pointer" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0.3em 0 0 3px" },
  ".cm-lint-marker": { width: "10px", height: "10px" },
  ".cm-activeLine": { backgroundColor: "var(--wb-code-line)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--wb-text)" },
  ".cm-selectionMatch": { backgroundColor: "var(--wb-code-match)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--wb-code-match)",
    outline: "1px solid var(--wb-border-strong)",
  },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": {
    color: "var(--wb-danger)",
    backgroundColor: "transparent",
  },
  ".cm-foldPlaceholder": {
    padding: "0 6px",
    border: "1px solid var(--wb-border)",
    backgroundColor: "var(--wb-surface-2)",
    color: "var(--wb-muted)",
  },
  ".cm-specialChar": { color: "var(--wb-danger)" },
  ".emmet-tracker": { textDecoration: "underline 1px var(--wb-success)" },
});

const panels = EditorView.theme({
  ".cm-panels": {
    backgroundColor: "var(--wb-surface)",
    color: "var(--wb-text)",
    fontFamily: "var(--wb-font)",
  },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--wb-border)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--wb-border)" },
  ".cm-panel.cm-search": { padding: "8px 36px 8px 12px", fontSize: "13px" },
  ".cm-panel.cm-search label": { fontSize: "13px", whiteSpace: "nowrap" },
  ".cm-textfield": {
    minHeight: "28px",
    padding: "0 8px",
    border: "1px solid var(--wb-border-strong)",
    borderRadius: "var(--wb-radius-small)",
    backgroundColor: "var(--wb-bg)",
    color: "inherit",
    fontSize: "13px",
  },
  ".cm-button": {
    minHeight: "28px",
    border: "1px solid var(--wb-border-strong)",
    borderRadius: "var(--wb-radius-small)",
    background: "var(--wb-surface)",
    color: "inherit",
    fontSize: "13px",
    "&:active": { background: "var(--wb-surface-2)" },
  },
  ".cm-panel.cm-search [name=close]": {
    top: "6px",
    right: "8px",
    width: "28px",
    height: "28px",
    fontSize: "18px",
    color: "inherit",
  },
  ".cm-searchMatch": { backgroundColor: "var(--wb-code-found)" },
  ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: "var(--wb-code-found-now)" },
});

/** Where two texts are compared. */
const merging = EditorView.theme({
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--wb-danger-soft)" },
  "&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine": { backgroundColor: "var(--wb-success-soft)" },
  ".cm-deletedChunk .cm-chunkButtons button": {
    padding: "2px 8px",
    border: "1px solid var(--wb-border-strong)",
    borderRadius: "4px",
    background: "var(--wb-surface)",
    color: "var(--wb-text)",
    font: "12.5px var(--wb-font)",
  },
});

const tooltips = EditorView.theme({
  ".cm-tooltip": {
    border: "1px solid var(--wb-border)",
    borderRadius: "var(--wb-radius-small)",
    backgroundColor: "var(--wb-surface)",
    boxShadow: "var(--wb-shadow)",
    color: "var(--wb-text)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--wb-mono)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    background: "var(--wb-accent)",
    color: "var(--wb-on-accent)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionDetail": { color: "var(--wb-muted)" },
  ".cm-tooltip-lint": { maxWidth: "60ch", fontFamily: "var(--wb-font)" },
  ".cm-diagnostic": { padding: "6px 10px" },
  ".cm-diagnosticSource": { color: "var(--wb-muted)", opacity: 1 },
});

const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword, tags.processingInstruction],
    color: "var(--wb-code-keyword)",
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.attributeValue],
    color: "var(--wb-code-string)",
  },
  {
    tag: [tags.number, tags.bool, tags.null, tags.atom, tags.unit, tags.color],
    color: "var(--wb-code-number)",
  },
  { tag: [tags.comment, tags.meta, tags.documentMeta], color: "var(--wb-code-comment)", fontStyle: "italic" },
  {
    tag: [tags.tagName, tags.standard(tags.tagName), tags.className, tags.typeName, tags.namespace],
    color: "var(--wb-code-tag)",
  },
  {
    tag: [tags.attributeName, tags.propertyName, tags.definition(tags.propertyName), tags.labelName],
    color: "var(--wb-code-property)",
  },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.macroName],
    color: "var(--wb-code-function)",
  },
  {
    tag: [tags.escape, tags.character, tags.self, tags.special(tags.variableName)],
    color: "var(--wb-code-number)",
  },
  { tag: [tags.link, tags.url], color: "var(--wb-code-function)", textDecoration: "underline" },
  { tag: tags.heading, color: "var(--wb-code-keyword)", fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.invalid, color: "var(--wb-danger)" },
]);

export const theme = [frame, panels, merging, tooltips, syntaxHighlighting(colours, { fallback: true })];
