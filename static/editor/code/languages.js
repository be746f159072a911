// Which language a file is in, and its support, fetched when the first such file is opened.

const load = {
  html: async () => (await import("./lang/web.js")).htmlSupport(),
  django: async () => (await import("./lang/web.js")).djangoSupport(),
  css: async () => (await import("./lang/web.js")).cssSupport(),
  javascript: async () => (await import("./lang/web.js")).scriptSupport({}),
  jsx: async () => (await import("./lang/web.js")).scriptSupport({ jsx: true }),
  typescript: async () => (await import("./lang/web.js")).scriptSupport({ typescript: true }),
  tsx: async () => (await import("./lang/web.js")).scriptSupport({ jsx: true, typescript: true }),
  vue: async () => (await import("./lang/web.js")).vueSupport(),
  scss: async () => (await import("@codemirror/lang-sass")).sass(),
  sass: async () => (await import("@codemirror/lang-sass")).sass({ indented: true }),
  less: async () => (await import("@codemirror/lang-less")).less(),
  json: async () => (await import("@codemirror/lang-json")).json(),
  markdown: async () => (await import("./lang/markdown.js")).markdownSupport(),
  python: async () => (await import("@codemirror/lang-python")).python(),
  yaml: async () => (await import("@codemirror/lang-yaml")).yaml(),
  sql: async () => (await import("@codemirror/lang-sql")).sql(),
  php: async () => (await import("@codemirror/lang-php")).php(),
  xml: async () => (await import("@codemirror/lang-xml")).xml(),
};

const NAMES = {
  html: "HTML",
  django: "Django",
  css: "CSS",
  javascript: "JavaScript",
  jsx: "JSX",
  typescript: "TypeScript",
  tsx: "TSX",
  vue: "Vue",
  scss: "SCSS",
  sass: "Sass",
  less: "Less",
  json: "JSON",
  markdown: "Markdown",
  python: "Python",
  yaml: "YAML",
  sql: "SQL",
  php: "PHP",
  xml: "XML",
};

const BY_EXTENSION = {
  html: "html",
  htm: "html",
  xhtml: "html",
  djhtml: "django",
  jinja: "django",
  jinja2: "django",
  j2: "django",
  css: "css",
  js: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  jsx: "jsx",
  ts: "typescript",
  mts: "typescript",
  cts: "typescript",
  tsx: "tsx",
  vue: "vue",
  scss: "scss",
  sass: "sass",
  less: "less",
  json: "json",
  webmanifest: "json",
  map: "json",
  geojson: "json",
  md: "markdown",
  markdown: "markdown",
  py: "python",
  pyi: "python",
  yml: "yaml",
  yaml: "yaml",
  sql: "sql",
  php: "php",
  xml: "xml",
  svg: "xml",
  rss: "xml",
};

const TEMPLATE_TAG = /\{%-?\s*\w|\{\{-?\s*[\w.]+[^}]*\}\}/;

/** The name of a file's language, or null for plain text. An HTML file with template tags is a template. */
export function languageOf(path, text = "") {
  const name = path.split("/").at(-1).toLowerCase();
  const found = BY_EXTENSION[name.split(".").at(-1)] ?? null;
  if (found === "html" && TEMPLATE_TAG.test(text)) return "django";
  return name.includes(".") ? found : null;
}

export function languageName(language) {
  return NAMES[language] ?? null;
}

/** A promise of the CodeMirror extension; of nothing where there is none. */
export function languageSupport(language) {
  return load[language]?.() ?? Promise.resolve([]);
}
