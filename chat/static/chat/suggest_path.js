// The name that a code block without one could have: from its info string, its first comment or the request. Pure.

// One word at a time: over a whole long text such expressions take minutes.
const NAME = /^(?:[\w@.+-]+\/)*\.?[\w@+-][\w@.+-]*\.[a-z][a-z0-9]{0,9}$/i;
const DOTFILE = /^(?:[\w@.+-]+\/)*\.(?:env|gitignore|editorconfig|prettierrc|babelrc|htaccess)$/;
const AROUND = /[\s"'`<>()[\]{},;!?«»“”*=]+/;
const LONGEST = 200;
/** A name stands near the beginning; the rest of a long text is not searched. */
const SEARCHED = 20_000;
/** Look like files, and are products, languages or addresses. */
const NO_FILES = new Set(
  (
    "node.js next.js nuxt.js vue.js react.js express.js three.js d3.js p5.js chart.js moment.js angular.js ember.js " +
    "backbone.js alpine.js discord.js socket.io asp.net vb.net stimulus.js gatsby.js svelte.js solid.js koa.js nest.js " +
    "electron.js handlebars.js require.js underscore.js babylon.js tensorflow.js"
  ).split(" "),
);
const ADDRESSES = new Set(["com", "org", "net", "io", "fr", "eu", "dev"]);
/** What is run or shown; a file holds it only where its name says so. */
const TRANSCRIPTS = new Set([
  "console",
  "terminal",
  "output",
  "log",
  "text",
  "shell-session",
  "powershell",
  "diff",
]);

/** Extensions that go with a language; a name with another one belongs to something else. */
const EXTENSIONS = {
  javascript: ["js", "mjs", "cjs", "jsx", "ts", "tsx"],
  js: ["js", "mjs", "cjs", "jsx", "ts", "tsx"],
  jsx: ["jsx", "js", "tsx"],
  typescript: ["ts", "mts", "tsx"],
  ts: ["ts", "mts", "tsx"],
  tsx: ["tsx", "ts"],
  html: ["html", "htm", "vue", "svelte"],
  css: ["css"],
  scss: ["scss"],
  less: ["less"],
  json: ["json"],
  python: ["py"],
  py: ["py"],
  markdown: ["md"],
  md: ["md"],
  yaml: ["yml", "yaml"],
  yml: ["yml", "yaml"],
  sql: ["sql"],
  php: ["php"],
  vue: ["vue"],
  xml: ["xml", "svg"],
  bash: ["sh"],
  sh: ["sh"],
  shell: ["sh"],
};

/** Words that are names of files; an address is none. */
function names(text) {
  return text
    .slice(0, SEARCHED)
    .split(AROUND)
    .filter((word) => word.length <= LONGEST && !word.includes("://"))
    .map((word) => word.replace(/[.:]+$/, "").replace(/^[\w+-]+:(?=[\w@.])/, ""))
    .filter((word) => NAME.test(word) || DOTFILE.test(word))
    .filter(isPath);
}

function isPath(name) {
  const plain = !NO_FILES.has(name.toLowerCase()) && !ADDRESSES.has(extension(name));
  return plain && !name.split("/").includes("..");
}

const extension = (name) => name.slice(name.lastIndexOf(".") + 1).toLowerCase();

/** The first that fits the language, but rather one whose name the code has in it, as a component's has. */
function fitting(found, language, code) {
  const said = language?.toLowerCase() ?? "";
  const wanted = EXTENSIONS[said];
  const possible = wanted
    ? found.filter((name) => wanted.includes(extension(name)))
    : TRANSCRIPTS.has(said)
      ? []
      : found;
  const words = new Set(code.toLowerCase().match(/[\p{L}\p{N}_]+/gu));
  return possible.find((name) => words.has(stem(name))) ?? possible[0];
}

const stem = (name) =>
  name
    .slice(name.lastIndexOf("/") + 1)
    .split(".", 1)[0]
    .toLowerCase();

/** `{info, language, code, question}` → a path, or "" where nothing says one. */
export function suggestedPath({ info = "", language = "", code = "", question = "" }) {
  const named = /(?:path|file|filename|title)=["']?([^"'\s]+)/i.exec(info)?.[1];
  const said = names(named ?? info)[0];
  if (said) return said;
  const first = code.split("\n", 1)[0].trim();
  const isComment = /^(\/\/|#|\/\*|<!--|--)/.test(first) && first.length < LONGEST;
  const above = isComment ? fitting(names(first), language, code) : undefined;
  return above ?? fitting(names(question), language, code) ?? "";
}
