// Marks what is wrong in a file while it is written: what its grammar cannot read, and a few things browsers stumble over.
import { ensureSyntaxTree } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { cssProblems } from "./css.js";
import { htmlProblems } from "./html.js";
import { jsonProblems } from "./json.js";
import { unreadable } from "./parse.js";
import { scriptProblems } from "./script.js";

const PAUSE = 600;
/** Parsing a long file to its end may take this long, in ms; what is not parsed then is not judged. */
const PATIENCE = 300;
const MOST = 200;

/** What its tree shows. */
const CHECKS = {
  html: [htmlProblems, cssProblems, scriptProblems],
  css: [cssProblems],
  scss: [],
  less: [],
  javascript: [scriptProblems],
  jsx: [scriptProblems],
  typescript: [scriptProblems],
  tsx: [scriptProblems],
  json: [jsonProblems],
};

/** Read by the parsers that formatting has anyway: they know all of TypeScript, and say what they expected. */
const PARSED = new Set(["css", "scss", "less", "javascript", "jsx", "typescript", "tsx"]);

/** The extension for a language; nothing for one that nobody judges. `t` gives the texts. */
export function lintFor(language, t) {
  const checks = CHECKS[language];
  if (!checks) return [];
  const source = async ({ state }) => [
    ...problemsOf(state, checks, t),
    ...(PARSED.has(language) ? await unreadable(state, language, t) : []),
  ];
  return linter(source, { delay: PAUSE });
}

/** Diagnostics in the order of the text, one per place and kind. */
export function problemsOf(state, checks, t) {
  const tree = ensureSyntaxTree(state, state.doc.length, PATIENCE);
  if (!tree) return [];
  const found = checks.flatMap((check) => check(state, tree, t));
  return found.sort((one, other) => one.from - other.from).slice(0, MOST);
}

export function checksOf(language) {
  return CHECKS[language] ?? [];
}
