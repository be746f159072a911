// Which scripts of a project's pages are for Babel: `<script type="text/babel">`, inline and by `src`. No Babel is loaded
// to find that there are none. Values in, values out.
import { compiledName } from "../../../preview/scripts.js";
import { everyScript, isForBabel, srcOf } from "./entries.js";
import { join } from "./resolve.js";

/** `{output, file, text, line, column, isModule, presets, plugins}`: `file` and `line` are where the text stands. */
export function entriesForBabel(files) {
  const found = new Map();
  for (const [page, text] of files) {
    if (text === null || !/\.html?$/.test(page)) continue;
    for (const script of everyScript(text)) {
      const entry = isForBabel(script.type) ? entryOf(page, text, script, files) : null;
      if (entry) found.set(entry.output, entry);
    }
  }
  return [...found.values()];
}

function entryOf(page, html, { src, text, at, given }, files) {
  const file = src ? srcOf(page, src, { has: (path) => files.has(path) }) : page;
  if (file === null || (src && files.get(file) === null)) return null;
  const name = compiledName({ src: src ? file : null, text });
  const place = src ? { line: 1, column: 0 } : placeOf(html, at);
  const options = { presets: listOf(given["data-presets"]), plugins: listOf(given["data-plugins"]) };
  return {
    output: join(page, name),
    file,
    text: src ? files.get(file) : text,
    isModule: given["data-type"] === "module",
    ...place,
    ...options,
  };
}

function placeOf(text, at) {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - (before.lastIndexOf("\n") + 1) };
}

function listOf(value) {
  const names = value?.split(",").map((name) => name.trim());
  return names ? names.filter(Boolean) : null;
}
