// A Vue component file: its blocks, its template, its scripts and styles, by the compiler that the preview has.
import { compileTemplate, parse } from "@vue/compiler-sfc/dist/compiler-sfc.esm-browser.js";
import { masked } from "./index.js";
import { scriptErrors } from "./script.js";
import { sheetErrors } from "./sheet.js";
import { styleErrors } from "./style.js";

const LANGUAGES = { js: "javascript", jsx: "jsx", ts: "typescript", tsx: "tsx" };

export function vueErrors(text, path) {
  const { descriptor, errors } = parse(text, { filename: path || "a.vue", sourceMap: false });
  const { script, scriptSetup, styles, template } = descriptor;
  const broken = [...errors, ...(errors.length ? [] : templateErrors(template, path))];
  return [
    ...broken.map((error) => marked(error, text)),
    ...[script, scriptSetup].flatMap((block) => scriptIn(block, text, path)),
    ...styles.flatMap((block) => styleIn(block, text)),
  ];
}

function templateErrors(template, path) {
  if (!template || (template.lang ?? "html") !== "html" || template.src) return [];
  const { content: source, ast } = template;
  return compileTemplate({ source, ast, filename: path || "a.vue", id: "lint" }).errors;
}

function styleIn(block, text) {
  const { lang = "css" } = block;
  if (lang === "css") return styleErrors(piece(block, text));
  return lang === "scss" || lang === "less" ? sheetErrors(piece(block, text), lang) : [];
}

/** Names are not judged: those of the script are the template's too. */
function scriptIn(block, text, path) {
  const language = LANGUAGES[block?.lang ?? "js"];
  if (!block || block.src || !language) return [];
  return scriptErrors(piece(block, text), { language, path }).filter(({ code }) => code === "syntax");
}

function piece({ loc }, text) {
  return masked(text, { from: loc.start.offset, to: loc.end.offset });
}

function marked(error, text) {
  const from = Math.min(error.loc?.start?.offset ?? 0, Math.max(0, text.length - 1));
  const message = String(error.message ?? error).split("\n")[0];
  return {
    from,
    to: Math.min(text.length, from + 1),
    severity: "error",
    code: "syntax",
    values: { message },
  };
}
