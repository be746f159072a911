// A Vue component file as a module: its script, its template as a render function, its styles.
import {
  compileScript,
  compileStyle,
  compileTemplate,
  parse,
  rewriteDefault,
} from "@vue/compiler-sfc/dist/compiler-sfc.esm-browser.js";
import { located } from "./plugin.js";
import { STYLES } from "./resolve.js";

const NAME = "__component__";

/** `compileSass(path, text, syntax)` for the styles that say so. */
export async function compileVue(path, source, compileSass) {
  const { descriptor, errors } = parse(source, { filename: path });
  if (errors.length) return { errors: errors.map((error) => told(error)) };
  const id = `data-v-${hash(path)}`;
  try {
    for (const style of descriptor.styles) {
      const { error } = await withoutSass(style, path, compileSass);
      if (error) return { errors: [located(error)] };
    }
    return module(descriptor, path, id);
  } catch (error) {
    return { errors: [told(error)] };
  }
}

function module(descriptor, path, id) {
  const scoped = descriptor.styles.some((style) => style.scoped);
  const typed = [descriptor.script, descriptor.scriptSetup].some((script) =>
    /^tsx?$/.test(script?.lang ?? ""),
  );
  const languages = [...descriptor.styles, descriptor.template]
    .map((block) => block?.lang)
    .filter((lang) => lang && lang !== "css" && lang !== "html");
  if (languages.length) return { errors: [{ text: path, detail: { code: "language", name: languages[0] } }] };
  const script = scriptOf(descriptor, id);
  const template = templateOf(descriptor, { path, id, scoped, bindings: script.bindings, typed });
  if (template.errors?.length) return { errors: template.errors.map((error) => told(error)) };
  const parts = [script.code, template.code, ...descriptor.styles.map((style) => styleOf(style, path, id))];
  if (template.code) parts.push(`${NAME}.render = render;`);
  if (scoped) parts.push(`${NAME}.__scopeId = ${JSON.stringify(id)};`);
  parts.push(`${NAME}.__file = ${JSON.stringify(path)};`, `export default ${NAME};`);
  return { contents: parts.join("\n"), loader: typed ? "ts" : "js" };
}

/** Its text becomes CSS; lines stay those of the file. */
async function withoutSass(style, path, compileSass) {
  if (!STYLES.has(style.lang)) return {};
  const above = "\n".repeat(style.loc.start.line - 1);
  const syntax = style.lang === "sass" ? "indented" : "scss";
  const { css, error } = await compileSass(path, above + style.content, syntax);
  if (!error) Object.assign(style, { content: css, lang: "css" });
  return { error };
}

function scriptOf(descriptor, id) {
  if (!descriptor.script && !descriptor.scriptSetup) return { code: `const ${NAME} = {};`, bindings: {} };
  const script = compileScript(descriptor, { id, inlineTemplate: false });
  const plugins = /^tsx?$/.test(script.lang ?? "") ? ["typescript"] : [];
  return { code: rewriteDefault(script.content, NAME, plugins), bindings: script.bindings };
}

function templateOf(descriptor, { path, id, scoped, bindings, typed }) {
  if (!descriptor.template) return { code: "" };
  return compileTemplate({
    source: descriptor.template.content,
    filename: path,
    id,
    scoped,
    inMap: descriptor.template.map,
    compilerOptions: { bindingMetadata: bindings, expressionPlugins: typed ? ["typescript"] : [] },
  });
}

function styleOf(style, path, id) {
  const { code, errors } = compileStyle({ source: style.content, filename: path, id, scoped: style.scoped });
  if (errors.length) throw errors[0];
  return `{ const style = document.createElement("style"); style.textContent = ${JSON.stringify(code)}; document.head.append(style); }`;
}

function told(error) {
  const start = error.loc?.start;
  return {
    text: error.message ?? String(error),
    location: start ? { line: start.line, column: start.column - 1 } : null,
  };
}

function hash(text) {
  let found = 5381;
  for (const letter of text) found = (found * 33 + letter.codePointAt(0)) >>> 0;
  return found.toString(36);
}
