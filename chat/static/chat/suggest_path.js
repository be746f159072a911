// The name that a code block without one could have: from its info string, its first comment or the request. Pure.

const NAME = /(?:[\w@.+-]+\/)*[\w@+-][\w@.+-]*\.[a-z][a-z0-9]{0,9}\b/gi;
const DOTFILES = /(?:[\w@.+-]+\/)*\.(?:env|gitignore|editorconfig|prettierrc|babelrc|htaccess)\b/g;
const LONGEST = 200;

/** Extensions that go with a language; a name with another one belongs to something else. */
const EXTENSIONS = {
  javascript: ["js", "mjs", "cjs", "jsx"],
  js: ["js", "mjs", "cjs", "jsx"],
  jsx: ["jsx", "js"],
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

function names(text) {
  const plain = text.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, " "); // an address is no file
  return [...plain.matchAll(NAME), ...plain.matchAll(DOTFILES)].map(([name]) => name).filter(isPath);
}

function isPath(name) {
  return name.length <= LONGEST && !name.split("/").includes("..") && !/^\d+(\.\d+)+$/.test(name);
}

const extension = (name) => name.slice(name.lastIndexOf(".") + 1).toLowerCase();

function fitting(found, language) {
  const wanted = EXTENSIONS[language?.toLowerCase()];
  return wanted ? found.find((name) => wanted.includes(extension(name))) : found[0];
}

/** `{info, language, code, question}` → a path, or "" where nothing says one. */
export function suggestedPath({ info = "", language = "", code = "", question = "" }) {
  const named = /(?:path|file|filename|title)=["']?([^"'\s]+)/i.exec(info)?.[1];
  const said = names(named ?? info)[0];
  if (said) return said;
  const first = code.split("\n", 1)[0].trim();
  const isComment = /^(\/\/|#|\/\*|<!--|--)/.test(first) && first.length < LONGEST;
  const above = isComment ? fitting(names(first), language) : undefined;
  return above ?? fitting(names(question), language) ?? "";
}
