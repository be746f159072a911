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
/** What models write behind the fence → the grammar. */
const NAMES = {
  bash: ["sh", "shell", "zsh", "console", "terminal"],
  css: [],
  diff: ["patch"],
  django: ["jinja", "htmldjango"],
  dockerfile: ["docker"],
  ini: ["toml", "env", "dotenv"],
  javascript: ["js", "jsx", "mjs", "cjs"],
  json: ["json5", "jsonc", "jsonl"],
  less: [],
  markdown: ["md"],
  php: [],
  python: ["py"],
  scss: ["sass"],
  sql: [],
  typescript: ["ts", "tsx", "mts", "cts"],
  xml: ["html", "htm", "xhtml", "svg", "vue", "svelte"],
  yaml: ["yml"],
};
const LABELS = {
  __proto__: null, // a model may name a block `constructor`
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
  env: "env",
};
const GRAMMAR_OF = new Map(
  Object.entries(NAMES).flatMap(([grammar, names]) => [grammar, ...names].map((name) => [name, grammar])),
);

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

/** Languages that can stand inside another. */
const INSIDE = {
  javascript: ["xml"],
  typescript: ["xml"],
  xml: ["css", "javascript"],
  django: ["xml", "css", "javascript"],
  markdown: ["xml"],
  php: ["xml"],
};

/**
 * Grammars on an instance of our own, so a host page's highlight.js keeps its settings. Each is compiled when the first
 * block needs it: all at once would hold up a frame.
 */
export class Languages {
  constructor(emitter) {
    this.instance = hljs.newInstance();
    this.instance.configure({ __emitter: emitter });
  }

  /** The grammar's own name for what a model calls it, registered; or null. */
  find(alias) {
    const name = GRAMMAR_OF.get(alias.toLowerCase()) ?? null;
    if (name) this.#register(name);
    return name;
  }

  #register(name) {
    if (this.instance.getLanguage(name)) return;
    const grammar = GRAMMARS[name];
    this.instance.registerLanguage(name, name === "xml" ? withoutGuessing(grammar) : grammar);
    for (const inside of INSIDE[name] ?? []) this.#register(inside);
  }
}

/** What the head of a code block says. Any text may come from a model, so it is short. */
export function languageLabel(name) {
  const short = name.toLowerCase();
  return LABELS[short] ?? LABELS[GRAMMAR_OF.get(short)] ?? name.slice(0, 24);
}
