// JavaScript and TypeScript: Babel says what it cannot read. Where it has to give up, the statement that it gave up in
// is left out and the rest is read again, so that one mistake hides no other.
import { parse } from "@babel/parser";
import { parser } from "@lezer/javascript";
import { namesIn } from "./names.js";

const MOST = 10;
const PLUGINS = {
  javascript: ["jsx"],
  jsx: ["jsx"],
  typescript: ["typescript"],
  tsx: ["jsx", "typescript"],
};
const DIALECTS = { javascript: "jsx", jsx: "jsx", typescript: "ts", tsx: "jsx ts" };
const STATEMENT = /(Statement|Declaration)$/;

export function scriptErrors(text, { language, path }) {
  const { ast, errors } = read(text, optionsOf(language, path), DIALECTS[language]);
  if (errors.length) return errors.map((error) => marked(error, text));
  return namesIn(ast, text, { isTyped: DIALECTS[language].includes("ts") });
}

function optionsOf(language, path) {
  const plugins = [
    ["estree", { classFeatures: true }],
    "decorators",
    "decoratorAutoAccessors",
    "explicitResourceManagement",
  ];
  const typed = PLUGINS[language].map((name) =>
    name === "typescript" ? ["typescript", { dts: /\.d\.[cm]?ts$/.test(path) }] : name,
  );
  return {
    sourceType: "unambiguous",
    errorRecovery: true,
    ranges: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowNewTargetOutsideFunction: true,
    plugins: [...plugins, ...typed],
  };
}

function read(text, options, dialect) {
  const errors = [];
  let left = text;
  let tree = null;
  while (errors.length < MOST) {
    try {
      const ast = parse(left, options);
      return { ast, errors: once([...errors, ...ast.errors]) };
    } catch (error) {
      errors.push(error);
      tree ??= parser.configure({ dialect }).parse(text);
      const next = without(left, statementAt(tree, error.pos));
      if (next === left) break;
      left = next;
    }
  }
  return { ast: null, errors: once(errors) };
}

/** The smallest statement around a place, whatever stands in it. */
function statementAt(tree, pos) {
  let node = tree.resolveInner(pos, -1);
  while (node.parent && !STATEMENT.test(node.name)) node = node.parent;
  return node;
}

function without(text, { from, to }) {
  return text.slice(0, from) + text.slice(from, to).replace(/[^\r\n]/g, " ") + text.slice(to);
}

/** One a line: what follows on the same line is mostly the same mistake. */
function once(errors) {
  const lines = new Set();
  return errors.filter(({ loc }) => !lines.has(loc?.line) && lines.add(loc?.line));
}

function marked({ message, pos }, text) {
  const from = Math.max(0, Math.min(pos, text.length - 1));
  const said = message.split("\n")[0].replace(/\s*\(\d+:\d+\)$/, "");
  return {
    from,
    to: Math.min(text.length, from + 1),
    severity: "error",
    code: "syntax",
    values: { message: said },
  };
}
