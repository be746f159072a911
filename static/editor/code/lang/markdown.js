// Markdown, with code blocks in their own languages.
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { LanguageDescription, LanguageSupport } from "@codemirror/language";
import { languageSupport } from "../languages.js";

const ALIASES = {
  html: ["htm"],
  css: [],
  javascript: ["js", "mjs"],
  jsx: [],
  typescript: ["ts"],
  tsx: [],
  json: [],
  python: ["py"],
  yaml: ["yml"],
  sql: [],
  php: [],
};

const codeLanguages = Object.entries(ALIASES).map(([name, alias]) =>
  LanguageDescription.of({ name, alias, load: async () => plain(await languageSupport(name)) }),
);

/** A code block takes a language, without what comes along with it in a file. */
function plain(support) {
  return [support].flat().find((part) => part instanceof LanguageSupport);
}

export function markdownSupport() {
  return markdown({ base: markdownLanguage, codeLanguages });
}
