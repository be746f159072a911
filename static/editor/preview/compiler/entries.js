// Which scripts of a project's pages a browser cannot run as they are: those are compiled, the others are left alone.
// Values in, values out; no compiler is loaded to find that there is nothing to compile.
import { COMPILED, extension, join, resolveImport, SCRIPTS, STYLES } from "./resolve.js";

const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const SCRIPT = /<script\b((?:[^>"']|"[^"]*"|'[^']*')*)>([\s\S]*?)<\/script/gi;
const ATTRIBUTE = /\s([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/gi;
const IMPORT =
  /(?:\bimport\s*(?:[\w*{}\s,$]+?\bfrom\s*)?|\bexport\s*[\w*{}\s,$]+?\bfrom\s*|\bimport\s*\(\s*)(["'])([^"'\n]+)\1/g;
const JSX = /(?:\breturn|=>|[(=?:]|&&)\s*\(?\s*<(?:[A-Za-z][\w.]*[\s/>]|>)/;
const USES_JSX = /\b(?:p?react)\b/;

/** Cheap, by names alone: whether it is worth looking at all. */
export function mayNeedBuild(paths) {
  const own = paths.filter((path) => !path.includes("node_modules/"));
  if (own.some((path) => COMPILED.has(extension(path)) && !path.endsWith(".d.ts"))) return true;
  if (own.some((path) => STYLES.has(extension(path)))) return true;
  return own.some((path) => path.endsWith("package.json")) && own.some((path) => /\.m?js$/.test(path));
}

/** The scripts to compile, by path. */
export function entriesOf(files, packages) {
  const seen = new Map();
  const project = { has: (path) => files.has(path), packages };
  const found = new Set();
  const look = (path) => {
    for (const entry of entryOf(path, files, project, seen)) found.add(entry);
  };
  for (const [page, text] of files) {
    if (text === null || !/\.html?$/.test(page)) continue;
    for (const script of scriptsOf(text)) {
      if (script.src) look(srcOf(page, script.src, project));
      else for (const path of importsOf(script.text, page, project)) look(path);
    }
  }
  return [...found].sort();
}

/** `{src, text}` of every script that a browser would run, and of every module that Babel would. */
export function scriptsOf(html) {
  return everyScript(html)
    .filter(({ type, src, given }) => {
      if (isForBabel(type)) return given["data-type"] === "module" && !src;
      return type === "module" || (src && COMPILED.has(extension(src.split(/[?#]/)[0])));
    })
    .map(({ src, text }) => ({ src, text: src ? "" : text }));
}

export function isForBabel(type) {
  return type === "text/babel" || type === "text/jsx";
}

/** `{type, src, text, at, given}` of all scripts of a page: `at` is where the text begins, `given` the attributes. */
export function everyScript(html) {
  const found = [];
  for (const match of withoutComments(html).matchAll(SCRIPT)) {
    const [whole, attributes, text] = match;
    const given = attributesOf(attributes);
    const at = match.index + whole.lastIndexOf("</") - text.length;
    found.push({
      type: given.type?.trim().toLowerCase() ?? "",
      src: given.src ?? "",
      text: html.slice(at, at + text.length),
      at,
      given,
    });
  }
  return found;
}

/** Every place stays where it was. */
export function withoutComments(html) {
  return html.replace(COMMENT, (comment) => comment.replace(/[^\r\n]/g, " "));
}

/** Of a tag's inside: name → value. */
export function attributesOf(text) {
  const all = [...` ${text}`.matchAll(ATTRIBUTE)];
  return Object.fromEntries(all.map(([, name, a, b, c]) => [name.toLowerCase(), a ?? b ?? c ?? ""]));
}

/** The file of the project that a page names, or null. */
export function srcOf(page, src, { has }) {
  if (/^(?:[a-z]+:)?\/\//i.test(src) || /^(data|blob):/.test(src)) return null;
  const path = join(page, src.split(/[?#]/)[0]);
  return path !== null && has(path) ? path : null;
}

/** The file itself when it must be compiled; else the nearest ones below it that must. */
function entryOf(path, files, project, seen) {
  if (path === null) return [];
  if (!seen.has(path)) {
    seen.set(path, []); // a circle ends here
    const needed = needsCompiler(path, files, project);
    const below = needed
      ? [path]
      : importsOf(files.get(path) ?? "", path, project).flatMap((next) =>
          entryOf(next, files, project, seen),
        );
    seen.set(path, below);
  }
  return seen.get(path);
}

function needsCompiler(path, files, project) {
  if (COMPILED.has(extension(path))) return true;
  const text = files.get(path);
  if (!text || !SCRIPTS.has(extension(path))) return false;
  if (JSX.test(text) && (USES_JSX.test(text) || USES_JSX.test(files.get("package.json") ?? ""))) return true;
  return specifiersOf(text).some((specifier) => !runsAsIs(specifier, path, project));
}

/** Whether a browser with our import map finds what is imported, and can run it. */
function runsAsIs(specifier, importer, project) {
  const found = resolveImport(specifier, importer, project);
  if (found.file) {
    const written = join(importer, specifier.split("?")[0]) === found.file;
    return written && !found.query && /^(m?js|vue|tsx?|jsx|mts)$/.test(extension(found.file));
  }
  return !found.unknown;
}

function importsOf(text, path, project) {
  return specifiersOf(text)
    .map((specifier) => resolveImport(specifier, path, project).file)
    .filter(Boolean);
}

function specifiersOf(text) {
  return [...text.matchAll(IMPORT)].map(([, , specifier]) => specifier);
}
