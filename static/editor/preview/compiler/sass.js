// Sass, by its own compiler, on the project's files alone.
import { compileString } from "sass";
import { extension, join } from "./resolve.js";

const SCHEME = "project:///";

/** `{css, warnings, read}` or `{error}`: warnings and errors with file and line, `read` the paths of what is in it. */
export function compileSass(path, text, files, syntax = syntaxOf(path)) {
  const warnings = [];
  const importer = importerOf(files);
  try {
    const { css, loadedUrls } = compileString(text, {
      url: addressOf(path),
      syntax,
      importer,
      importers: [importer],
      logger: loggerOf(warnings),
    });
    return { css, warnings, read: loadedUrls.map(({ href }) => pathOf(href)) };
  } catch (error) {
    return {
      error: { text: error.sassMessage ?? String(error.message ?? error), ...placeOf(error.span, path) },
    };
  }
}

/** What Sass itself wants to be written otherwise one day is not said; `@warn` and `@debug` are. */
function loggerOf(warnings) {
  const say =
    (level) =>
    (text, { deprecation, span }) => {
      if (!deprecation) warnings.push({ level, text, ...placeOf(span, "") });
    };
  return { warn: say("warn"), debug: say("debug") };
}

function importerOf(files) {
  return {
    canonicalize(address) {
      const found = candidates(pathOf(address)).find((path) => typeof files.get(path) === "string");
      return found === undefined ? null : addressOf(found);
    },
    load(address) {
      const path = pathOf(address.href);
      return { contents: files.get(path), syntax: syntaxOf(path) };
    },
  };
}

/** Relative ones come as addresses already; others begin at the root, at `src/` as in scripts, or in what was copied there. */
function pathOf(address) {
  if (address.startsWith(SCHEME)) return decodeURIComponent(address.slice(SCHEME.length));
  return join("", address.replace(/^[@~]\//, "src/").replace(/^~/, "")) ?? "";
}

/** The ways in which Sass lets a file be named. */
function candidates(path) {
  if (!path) return [];
  const [, folder, name] = path.match(/^(.*\/)?([^/]*)$/);
  const both = (end) => [`${folder ?? ""}${name}${end}`, `${folder ?? ""}_${name}${end}`];
  if (/^(scss|sass|css)$/.test(extension(path))) return both("");
  const inside = ["scss", "sass"].flatMap((end) => [`${path}/_index.${end}`, `${path}/index.${end}`]);
  return [...both(".scss"), ...both(".sass"), ...both(".css"), ...inside];
}

function syntaxOf(path) {
  return { sass: "indented", css: "css" }[extension(path)] ?? "scss";
}

function addressOf(path) {
  return new URL(SCHEME + path.split("/").map(encodeURIComponent).join("/"));
}

function placeOf(span, path) {
  if (!span) return { file: path, line: 0, column: 0 };
  return {
    file: span.url ? pathOf(span.url.href) : path,
    line: span.start.line + 1,
    column: span.start.column,
  };
}
