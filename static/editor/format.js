// Formats the open file with Prettier, in a worker that is started when it is first asked for.
import { Asking } from "./workers/asking.js";

const RULES = [".prettierrc", ".prettierrc.json"];
/** What a project may say of its own; a `plugins` of a hostile project would name code to load. */
const ALLOWED = new Set(
  (
    "printWidth tabWidth useTabs semi singleQuote quoteProps jsxSingleQuote trailingComma bracketSpacing bracketSameLine " +
    "arrowParens proseWrap htmlWhitespaceSensitivity vueIndentScriptAndStyle singleAttributePerLine objectWrap"
  ).split(" "),
);

const FORMATTED = new Set(
  "html django vue css scss less javascript jsx typescript tsx json markdown yaml".split(" "),
);

export function canFormat(language) {
  return FORMATTED.has(language);
}

const prettier = new Asking("format");

/** `{text, cursor}`; rejects with `{message, line, column}` where the text cannot be read, or with a `TimeoutError`. */
export function format(request) {
  return prettier.ask(request);
}

/** The project's `.prettierrc`, where it is JSON; else nothing. */
export async function rulesOf(studio, read) {
  const path = RULES.find((name) => studio.tree.paths().includes(name));
  if (!path) return {};
  try {
    const given = JSON.parse((await read(path)) ?? "{}");
    return Object.fromEntries(Object.entries(given).filter(([name]) => ALLOWED.has(name)));
  } catch {
    return {};
  }
}
