// Scripts of pages that are written for Babel in the browser: compiled by Babel itself, with what the page asks of it.
import { availablePlugins, availablePresets, transform } from "@babel/standalone";

const USUAL = ["react", "env"];

/** `{code, map}` of one script (`entriesForBabel`), or `{error}`. */
export function compileScript({ file, text, line, column, isModule, presets, plugins }) {
  try {
    const { code, map } = transform(text, {
      presets: (presets ?? USUAL)
        .filter((name) => name in availablePresets)
        .map((name) => preset(name, isModule)),
      plugins: (plugins ?? []).filter((name) => name in availablePlugins),
      filename: presets?.includes("typescript") ? `${file}.tsx` : file,
      sourceFileName: file,
      sourceType: isModule ? "module" : "script",
      sourceMaps: true,
      parserOpts: { startLine: line, startColumn: column },
      highlightCode: false,
      babelrc: false,
      configFile: false,
    });
    return { code, map: { mappings: map.mappings, sources: map.sources.map(() => file) } };
  } catch (error) {
    return { error: problem(error, { file, line }) };
  }
}

function preset(name, isModule) {
  if (name.startsWith("env") && isModule) return [name, { modules: false }];
  return name === "typescript" ? [name, { isTSX: true, allExtensions: true }] : name;
}

/** Babel draws the line below its words; the console has the place beside them. */
function problem(error, { file, line }) {
  const text = String(error.message ?? error).split("\n")[0];
  const own = text.replace(/^\/?.*?:\s/, "").replace(/\s*\(\d+:\d+\)$/, "");
  return { text: own, file, line: error.loc?.line ?? line, column: error.loc?.column ?? 0, detail: null };
}
