// The languages of web projects, and the names that models give them.
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import django from "highlight.js/lib/languages/django";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import ini from "highlight.js/lib/languages/ini";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import less from "highlight.js/lib/languages/less";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import scss from "highlight.js/lib/languages/scss";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const GRAMMARS = {
  bash,
  css,
  diff,
  django,
  dockerfile,
  ini,
  javascript,
  json,
  less,
  markdown,
  php,
  python,
  scss,
  sql,
  typescript,
  xml,
  yaml,
};
const LABELS = {
  bash: "Shell",
  css: "CSS",
  diff: "Diff",
  django: "Django",
  dockerfile: "Dockerfile",
  ini: "INI",
  javascript: "JavaScript",
  json: "JSON",
  jsx: "JSX",
  less: "Less",
  markdown: "Markdown",
  php: "PHP",
  python: "Python",
  scss: "SCSS",
  sql: "SQL",
  typescript: "TypeScript",
  tsx: "TSX",
  xml: "XML",
  html: "HTML",
  vue: "Vue",
  svelte: "Svelte",
  svg: "SVG",
  yaml: "YAML",
  toml: "TOML",
};
const MORE_NAMES = { xml: ["vue", "svelte", "htm"], json: ["json5", "jsonl"], bash: ["console", "terminal"] };

/** Guessing which language a script holds is slow and differs from line to line: the first of the list is right. */
function withoutGuessing(grammar) {
  return (api) => {
    const language = grammar(api);
    for (const mode of language.contains) {
      if (Array.isArray(mode.starts?.subLanguage)) mode.starts.subLanguage = mode.starts.subLanguage[0];
    }
    return language;
  };
}

/** An instance of our own: a host page's highlight.js keeps its settings. */
export function languages(emitter) {
  const instance = hljs.newInstance();
  instance.configure({ __emitter: emitter });
  for (const [name, grammar] of Object.entries(GRAMMARS)) {
    instance.registerLanguage(name, name === "xml" ? withoutGuessing(grammar) : grammar);
    instance.registerAliases(MORE_NAMES[name] ?? [], { languageName: name });
  }
  return instance;
}

/** What the head of a code block says. Any text may come from a model, so it is short. */
export function languageLabel(name) {
  const short = name.toLowerCase();
  const known = {
    js: "javascript",
    ts: "typescript",
    py: "python",
    sh: "bash",
    shell: "bash",
    yml: "yaml",
    md: "markdown",
  };
  return LABELS[known[short] ?? short] ?? name.slice(0, 24);
}
