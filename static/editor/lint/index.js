// Marks what is wrong in a file while it is written: everything that it can tell, not only the first.
import { ensureSyntaxTree } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { parsed } from "./asked.js";
import { cssProblems } from "./css.js";
import { htmlProblems } from "./html.js";
import { jsonProblems } from "./json.js";
import { pageProblems } from "./page.js";
import { scriptProblems } from "./script.js";
import { templateProblems } from "./template.js";
import { pythonProblems, treeProblems } from "./tree.js";

const PAUSE = 600;
/** Parsing a long file to its end may take this long, in ms; what is not parsed then is not judged. */
const PATIENCE = 300;
const MOST = 200;

/** Per language: what its tree shows, and who else is asked. */
const CHECKS = {
  html: { tree: [htmlProblems, pageProblems, cssProblems, scriptProblems], ask: parsed },
  django: { tree: [templateProblems] },
  css: { tree: [cssProblems], ask: parsed },
  scss: { tree: [], ask: parsed },
  less: { tree: [], ask: parsed },
  javascript: { tree: [scriptProblems], ask: parsed },
  jsx: { tree: [scriptProblems], ask: parsed },
  typescript: { tree: [scriptProblems], ask: parsed },
  tsx: { tree: [scriptProblems], ask: parsed },
  vue: { tree: [], ask: parsed },
  json: { tree: [jsonProblems] },
  yaml: { tree: [], ask: parsed },
  python: { tree: [pythonProblems] },
  php: { tree: [treeProblems] },
  xml: { tree: [treeProblems] },
};

/** The extension for a file; nothing for a language that nobody judges. `t` gives the texts. */
export function lintFor(language, path, t) {
  const checks = CHECKS[language];
  if (!checks) return [];
  const source = async ({ state }) => [
    ...problemsOf(state, checks.tree, t),
    ...((await checks.ask?.(state, { language, path }, t)) ?? []),
  ];
  return linter(source, { delay: PAUSE });
}

/** Diagnostics in the order of the text. */
export function problemsOf(state, checks, t) {
  const tree = ensureSyntaxTree(state, state.doc.length, PATIENCE);
  if (!tree) return [];
  const found = checks.flatMap((check) => check(state, tree, t));
  return found.sort((one, other) => one.from - other.from).slice(0, MOST);
}

export function checksOf(language) {
  return CHECKS[language]?.tree ?? [];
}
