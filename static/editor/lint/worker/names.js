// Names of a module: those that nothing uses, and those that nothing declares. What a plain script declares may be
// another script's, so scripts are not judged; of TypeScript only what is not used.
import { analyze } from "eslint-scope";

/** Babel's tree has nodes that the analysis does not know: their children are looked at all the same. */
const fallback = (node) =>
  Object.keys(node).filter(
    (key) => !["loc", "range", "parent", "extra", "errors", "comments", "tokens"].includes(key),
  );

/** Where a class or a function knows its own name. */
const NAMED_WITHIN = new Set(["function-expression-name", "class"]);

/** Of Node and of bundlers; what a browser has, the page itself knows. */
const NODE = new Set(
  "process require module exports __dirname __filename global Buffer setImmediate".split(" "),
);

export function namesIn(file, text, { isTyped }) {
  const { program } = file;
  if (program.sourceType !== "module") return [];
  if (isTyped) return unmentioned(program, text);
  const manager = analysed(program);
  if (!manager) return [];
  const exported = exportedIn(program);
  const unused = manager.scopes.flatMap((scope) => scope.variables.filter((one) => isUnused(one, exported)));
  const found = unused.map(({ name, defs }) => mark("info", "unused", defs[0].name, name));
  return [...found, ...undeclared(manager, program, text)];
}

/** Types use names in places that the analysis does not know: an import that the text never mentions again is unused. */
function unmentioned({ body }, text) {
  const imports = body.filter(({ type }) => type === "ImportDeclaration");
  const rest = imports.reduceRight(
    (left, { range: [from, to] }) => left.slice(0, from) + left.slice(to),
    text,
  );
  const words = new Set(rest.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
  const locals = imports.flatMap(({ specifiers }) => specifiers.map(({ local }) => local));
  const unused = locals.filter(({ name }) => !words.has(name) && name !== "React");
  return unused.map((local) => mark("info", "unused", local, local.name));
}

function analysed(program) {
  try {
    return analyze(program, { ecmaVersion: 2022, sourceType: "module", jsx: true, fallback });
  } catch {
    return null; // syntax that the analysis cannot follow: nothing is said of it
  }
}

function mark(severity, code, { range: [from, to] }, name) {
  return { from, to: Math.min(to, from + name.length), severity, code, values: { name } };
}

function exportedIn({ body }) {
  const declarations = body.map(({ type, declaration }) => (/^Export/.test(type) ? declaration : null));
  return new Set(declarations.filter(Boolean));
}

function isUnused({ name, defs, references, scope }, exported) {
  const [def] = defs;
  if (!def || name.startsWith("_") || references.some((reference) => reference.isRead())) return false;
  if (NAMED_WITHIN.has(scope.type) || exported.has(def.node) || exported.has(def.parent)) return false;
  if (name === "React") return false;
  if (def.type === "Variable") return def.node.id?.type === "Identifier" && !isLoop(def.node, references);
  return ["ImportBinding", "FunctionName", "ClassName"].includes(def.type);
}

/** `for (const key in x)`: the name has to be there, used or not. */
function isLoop({ init }, references) {
  return init === null && references.some((reference) => reference.init);
}

function undeclared({ globalScope }, program, text) {
  const known = new Set([...NODE, ...declaredInComments(text), ...asked(program)]);
  const loose = globalScope.through.filter(({ identifier }) => !known.has(identifier.name));
  return loose.map(({ identifier }) => mark("warning", "undeclared", identifier, identifier.name));
}

/** A comment of the kind `global name, other`, as linters know it. */
function declaredInComments(text) {
  const lists = [...text.matchAll(/\/\*\s*globals?\s+([^*]*)\*\//g)].map(([, names]) => names);
  return lists.flatMap((names) => names.split(/[\s,]+/)).map((name) => name.split(":")[0]);
}

/** `typeof name` asks whether there is one. */
function asked(root) {
  const found = [];
  const look = (node) => {
    if (!node || typeof node.type !== "string") return;
    if (node.type === "UnaryExpression" && node.operator === "typeof") found.push(node.argument.name);
    for (const key of fallback(node)) [node[key]].flat().forEach(look);
  };
  look(root);
  return found;
}
