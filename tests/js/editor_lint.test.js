import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState } from "@codemirror/state";
import { languageSupport } from "../../static/editor/code/languages.js";
import { checksOf, problemsOf } from "../../static/editor/lint/index.js";

const t = (key, values = {}) => [key, ...Object.values(values)].join(" ");
globalThis.CSS = { supports: (name, value) => ["color", "margin"].includes(name) && value !== "redd" };

async function problems(language, doc) {
  const state = EditorState.create({ doc, extensions: await languageSupport(language) });
  return problemsOf(state, checksOf(language), t).map(
    ({ from, message }) => `${state.doc.lineAt(from).number} ${message}`,
  );
}

const RIGHT = {
  html: '<!doctype html>\n<html lang="fr"><head><title>x</title></head>\n<body><ul><li>a<li>b</ul><p>x<br><img alt="" src=a><p>y</body></html>',
  css: "@charset 'utf-8';\n@font-face { src: url(a.woff); font-display: swap }\np { color: red; --a: 1; -webkit-x: y }\n@media (min-width: 1px) { a { margin: 0 } }",
  scss: "$a: 1px;\np { a { margin: $a } }",
  less: "@a: 1px; p { .mixin(); margin: @a }",
  javascript: "const a = { b: 1, get c() { return 1; }, set c(v) {} };\nif (a === 1) g(a);\n",
  jsx: "const A = () => <b a={1}>x {y}</b>;",
  typescript: "interface A { b: number }\nconst f = <T,>(a: T): a is T => true;\nenum E { A }",
  tsx: "const A = ({ b }: { b: string }) => <b>{b}</b>;",
  json: '{"a": [1, 2.5e3, null]}',
};

test("what is right is not marked", async () => {
  for (const [language, text] of Object.entries(RIGHT))
    assert.deepEqual(await problems(language, text), [], language);
});

test("what is wrong is marked on its line", async () => {
  assert.deepEqual(await problems("javascript", "if (a = b) debugger;"), [
    "1 lint.assigned",
    "1 lint.debugger",
  ]);
  assert.deepEqual(await problems("javascript", "x = {\n  a: 1,\n  'a': 2 };"), ["3 lint.key_twice a"]);
  assert.deepEqual(await problems("css", "p {\n  colour: red }\nb {}"), [
    "2 lint.property colour",
    "3 lint.empty_rule",
  ]);
  assert.deepEqual(await problems("html", "<div>\n<p id=a></p><p id=a></p>"), [
    "1 lint.unclosed div",
    "2 lint.id_twice a 2",
  ]);
  assert.deepEqual(await problems("html", '<script type="text/babel">f(<b />)</script>'), []);
  assert.deepEqual(await problems("html", "<html><b></i></b></html>"), ["1 lint.lang", "1 lint.mismatched"]);
  assert.match((await problems("json", '{\n"a": 1,\n}'))[0], /lint\.json/);
});

test("a text that nobody can parse is judged in time and never throws", async () => {
  const noise = "<({[\"'`".repeat(2000);
  for (const language of Object.keys(RIGHT)) assert.ok((await problems(language, noise)).length <= 200);
});
