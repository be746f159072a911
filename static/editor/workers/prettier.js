// What the worker does with a text. No DOM, no messages.
import { format, formatWithCursor } from "prettier/standalone";
import { held } from "./held.js";
import { showsTheSame } from "./template_guard.js";

const estree = () => import("prettier/plugins/estree");
const babel = () => import("prettier/plugins/babel");
const postcss = () => import("prettier/plugins/postcss");
const html = () => import("prettier/plugins/html");
const jinja = () => import("prettier-plugin-jinja-template");

const KNOWN = {
  html: { parser: "html", plugins: [html, postcss, babel, estree] },
  vue: { parser: "vue", plugins: [html, postcss, babel, estree] },
  django: { parser: "jinja-template", plugins: [html, postcss, babel, estree, jinja] },
  css: { parser: "css", plugins: [postcss] },
  scss: { parser: "scss", plugins: [postcss] },
  less: { parser: "less", plugins: [postcss] },
  javascript: { parser: "babel", plugins: [babel, estree] },
  jsx: { parser: "babel", plugins: [babel, estree] },
  typescript: { parser: "typescript", plugins: [() => import("prettier/plugins/typescript"), estree] },
  tsx: { parser: "typescript", plugins: [() => import("prettier/plugins/typescript"), estree] },
  json: { parser: "json", plugins: [babel, estree] },
  markdown: { parser: "markdown", plugins: [() => import("prettier/plugins/markdown")] },
  yaml: { parser: "yaml", plugins: [() => import("prettier/plugins/yaml")] },
};

/** Finding the cursor again takes far longer than formatting does. */
const MOST_WITH_CURSOR = 100_000;

const load = async (language) => {
  const { parser, plugins } = KNOWN[language];
  const loaded = await Promise.all(plugins.map((plugin) => plugin()));
  return { parser, plugins: loaded.map((plugin) => plugin.default ?? plugin) };
};

export async function formatted({ language, text, cursor, options }) {
  const settings = { ...options, ...(await load(language)), endOfLine: "lf" };
  if (language === "django") return { text: await template(text, settings), cursor };
  if (text.length > MOST_WITH_CURSOR) return { text: await format(text, settings), cursor };
  const found = await formatWithCursor(text, { ...settings, cursorOffset: cursor });
  return { text: found.formatted, cursor: found.cursorOffset };
}

/**
 * A page with tags in it is more than HTML: where its new form would not show the same, it stays as it is. Loops and
 * branches in one line are left alone at the second try, and at the third those between tags: a break in them may be seen.
 */
async function template(text, settings) {
  for (const inline of ["none", "all", "text"]) {
    const rest = held(text, { inline });
    const made = rest.restored(await format(rest.text, settings));
    if (made !== null && showsTheSame(text, made)) return made;
  }
  throw Object.assign(new Error("the template would not show the same"), { code: "template" });
}

export function failure({ message = "", loc, code }) {
  const at = loc?.start ?? loc ?? {};
  return {
    code: code === "template" ? code : null,
    message: message.split("\n")[0].replace(/\s*\(\d+:\d+\)$/, ""),
    line: at.line ?? null,
    column: at.column ?? null,
  };
}
