// What all code views of the review share: colours, languages, and a policy-safe way to stand in a shadow root.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

/** Longer texts are shown without colours: reading them in the background would hold up frames. */
const LONGEST_COLOURED = 300_000;

// Classes, not colours: `css/markdown.css` has them for code in answers too.
const COLOURS = HighlightStyle.define([
  {
    tag: [t.keyword, t.modifier, t.controlKeyword, t.operatorKeyword, t.definitionKeyword],
    class: "hl-keyword",
  },
  { tag: [t.string, t.regexp, t.special(t.string), t.attributeValue], class: "hl-string" },
  { tag: [t.number, t.bool, t.null, t.atom, t.unit, t.color], class: "hl-number" },
  { tag: [t.comment, t.meta], class: "hl-comment" },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.heading], class: "hl-title" },
  { tag: [t.tagName, t.deleted], class: "hl-name" },
  { tag: [t.attributeName, t.propertyName], class: "hl-attr" },
  { tag: [t.typeName, t.className, t.namespace], class: "hl-type" },
]);

const script = (options) => () =>
  import("@codemirror/lang-javascript").then(({ javascript }) => javascript(options));
const LANGUAGES = {
  js: script({ jsx: true }),
  ts: script({ typescript: true }),
  tsx: script({ typescript: true, jsx: true }),
  html: () => import("@codemirror/lang-html").then(({ html }) => html()),
  css: () => import("@codemirror/lang-css").then(({ css }) => css()),
  json: () => import("@codemirror/lang-json").then(({ json }) => json()),
  md: () => import("@codemirror/lang-markdown").then(({ markdown }) => markdown()),
  py: () => import("@codemirror/lang-python").then(({ python }) => python()),
  vue: () => import("@codemirror/lang-vue").then(({ vue }) => vue()),
  xml: () => import("@codemirror/lang-xml").then(({ xml }) => xml()),
  yaml: () => import("@codemirror/lang-yaml").then(({ yaml }) => yaml()),
  sql: () => import("@codemirror/lang-sql").then(({ sql }) => sql()),
  php: () => import("@codemirror/lang-php").then(({ php }) => php()),
};
const ALIASES = {
  mjs: "js",
  cjs: "js",
  jsx: "js",
  mts: "ts",
  htm: "html",
  svg: "xml",
  markdown: "md",
  yml: "yaml",
};

async function languageOf(path) {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const name = ALIASES[extension] ?? extension;
  // A language that can't be loaded costs colours, nothing else.
  return Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name]().catch(() => []) : [];
}

const language = new Compartment();

/** Colours by the file's name, once the language is there. */
export const coloured = () => [language.of([]), syntaxHighlighting(COLOURS)];

export async function colour(views, path) {
  if (views.some(({ state }) => state.doc.length > LONGEST_COLOURED)) return;
  const extension = await languageOf(path);
  for (const view of views)
    if (view.dom.isConnected) view.dispatch({ effects: language.reconfigure(extension) });
}

/** A text to read: no caret, but a stop for the keyboard that scrolls it. */
export function readOnly(label) {
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label, "aria-readonly": "true" }),
  ];
}

export function writable(label) {
  return [EditorView.contentAttributes.of({ tabindex: "0", "aria-label": label })];
}

/** The rest is in `css/diff.css`. */
export const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit" },
  ".cm-gutters": { backgroundColor: "transparent", color: "inherit", border: "0" },
  ".cm-content": { padding: "0", caretColor: "currentColor" },
});
