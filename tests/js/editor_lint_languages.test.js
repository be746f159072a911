// Every language: nothing is marked in what is right (the demo, the starters, the studio's own files), and each mistake
// of a broken file is marked on its line.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { EditorState } from "@codemirror/state";
import { languageOf, languageSupport } from "../../static/editor/code/languages.js";
import { shownBy } from "../../static/editor/lint/asked.js";
import { checksOf, problemsOf } from "../../static/editor/lint/index.js";
import { piecesOf } from "../../static/editor/lint/pieces.js";
import { problemsIn } from "../../static/editor/lint/worker/index.js";

const ROOT = new URL("../../", import.meta.url);
const t = (key, values = {}) => [key, ...Object.values(values)].join(" ");
/** What a browser would say of its own: it knows all of these. */
const OF_THE_BROWSER = new Set(
  (
    "document window console fetch localStorage setTimeout clearTimeout structuredClone Intl URL URLSearchParams Event CustomEvent " +
    "EventTarget matchMedia addEventListener removeEventListener postMessage customElements ResizeObserver parent history EventSource CSS " +
    "scrollX scrollY getComputedStyle InputEvent scrollTo innerWidth innerHeight cancelAnimationFrame Node IntersectionObserver Element requestIdleCallback indexedDB " +
    "getSelection XMLHttpRequest Worker HTMLUnknownElement HTMLElement HTMLAnchorElement FontFace requestAnimationFrame navigator location crypto"
  ).split(" "),
);
const ASKED = new Set("html css scss less yaml javascript jsx typescript tsx vue".split(" "));

/** `["2 lint.unclosed div", …]`: everything that is said of a text. */
async function said(language, text, path = "") {
  const state = EditorState.create({ doc: text, extensions: await languageSupport(language) });
  const found = problemsOf(state, checksOf(language), t);
  if (ASKED.has(language)) {
    const pieces = language === "html" ? piecesOf(state) : [];
    const more = await problemsIn({ language, text, path, pieces });
    const known = (one) =>
      one.code === "undeclared" && (one.values.name in globalThis || OF_THE_BROWSER.has(one.values.name));
    found.push(...more.filter((one) => !known(one)).map(shownBy(t)));
  }
  const lined = found.map(({ from, message }) => [
    state.doc.lineAt(Math.min(from, text.length)).number,
    message,
  ]);
  return lined.sort(([one], [other]) => one - other).map(([line, message]) => `${line} ${message}`);
}

function filesBelow(folder, skip = /node_modules|dist|\.venv|hostile/) {
  return readdirSync(new URL(folder, ROOT), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !skip.test(entry.parentPath.slice(ROOT.pathname.length)))
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}

async function allSaid(paths) {
  const found = [];
  for (const path of paths) {
    const text = readFileSync(path, "utf8");
    const language = languageOf(path, text);
    if (!language) continue;
    for (const one of await said(language, text, path)) found.push(`${path} ${one}`);
  }
  return found;
}

test("nothing is marked in the demo and in what a project starts with", async () => {
  const paths = [...filesBelow("projects/demo_site/"), ...filesBelow("projects/starters/")];
  assert.ok(paths.length > 15);
  assert.deepEqual(await allSaid(paths), []);
});

test("no mistakes are seen in the studio's own files", async () => {
  const folders = [
    "static/editor/",
    "static/css/",
    "static/preview/",
    "chat/static/",
    "projects/",
    "templates/",
    "chat/templates/",
  ];
  const found = await allSaid(folders.flatMap((folder) => filesBelow(folder)));
  // Which names a browser has is not known here: only what the file itself declares must not be missed.
  const isOurs = (one) => {
    const [path, , code, name] = one.split(" ");
    const declared = new RegExp(`(?:const|let|var|function|class|#)\\s*${name}\\b`);
    return code !== "lint.undeclared" || declared.test(readFileSync(path, "utf8"));
  };
  assert.deepEqual(found.filter(isOurs), []);
});

const WRONG = {
  javascript: [
    "import { a, b } from './c.js';\nfunction one() {\n  return (1;\n}\nfunction two() {\n  let = = 3;\n}\nexport const ok = a;\nclass C {\n  m() { if (x { } }\n}\n",
    ["3 lint.syntax", "6 lint.syntax", "10 lint.syntax"],
  ],
  jsx: [
    "const a = 1;\nconst A = () => <p>{a b}</p>;\nconst b = [1, 2;\n",
    ["2 lint.syntax", "3 lint.syntax"],
  ],
  typescript: [
    "interface A { b: }\nlet x: = 1;\nconst twice = 1;\nconst twice = 2;\n",
    ["1 lint.syntax", "2 lint.syntax", "4 lint.syntax"],
  ],
  tsx: ["const A = (p: { a string }) => <b />;\nlet y = ;\n", ["1 lint.syntax", "2 lint.syntax"]],
  css: [
    "a { color: red\n  margin: 0 }\nb { : 1 }\nc { d; }\n}\ne { f: 1",
    ["2 lint.syntax", "3 lint.syntax", "4 lint.syntax", "5 lint.syntax", "6 lint.unclosed_block"],
  ],
  scss: [
    "$a: 1px;\nb { colr red; }\nc {\n  d: 'x;\n}\ne { f: g; } }\nh { i: (1 ; }\nj {\n  k: l;\n",
    ["2 lint.syntax", "4 lint.syntax", "6 lint.syntax", "7 lint.syntax", "8 lint.unclosed_block"],
  ],
  less: [
    "@a: 1;\n.m() { zz }\n.b { .m(); yy xx }\n/* c\n",
    ["2 lint.syntax", "3 lint.syntax", "4 lint.syntax"],
  ],
  yaml: [
    "a: b: c\nb: [1, 2\nc: 3\n\td: 1\ne: {x\n",
    ["1 lint.syntax", "2 lint.syntax", "3 lint.syntax", "4 lint.syntax", "5 lint.syntax"],
  ],
  json: ['{\n"a": 1,\n}', ["3 lint.json"]],
  html: [
    '<!doctype html>\n<html lang="fr">\n<head>\n<style>\np { : x }\n</style>\n</head>\n<body>\n<p class="a" class="b">x</p>\n<input type="text">\n<a href="#"><button>x</button></a>\n<center>x</center></br>\n<script>\nlet a = (;\n</script>\n</body>\n</html>',
    [
      "3 lint.no_title",
      "5 lint.syntax",
      "9 lint.attribute_twice class",
      "10 lint.unlabelled",
      "11 lint.nested button a",
      "12 lint.old_tag center",
      "12 lint.mismatched",
      "14 lint.syntax",
    ],
  ],
  vue: [
    '<script setup>\nconst a = (1;\n</script>\n<template>\n  <p v-if="a +">{{ a }}</p>\n  <b v-else-if="a"></b>\n</template>\n<style>\np { : 1 }\n</style>\n',
    ["2 lint.syntax", "5 lint.syntax", "9 lint.syntax"],
  ],
  django: [
    "{% block a %}\n{% if x %}\n<p>{{ y }</p>\n{% endblock %}\n{% endfor %}\n{% else %}\n{# {% if #}\n{% load static\n",
    [
      "2 lint.tag_open if",
      "3 lint.tag_cut",
      "5 lint.tag_alone endfor",
      "6 lint.tag_alone else",
      "8 lint.tag_cut",
    ],
  ],
  python: ["def f(:\n    return 1\n\nx = [1, 2\n\ndef g():\n    return )\n", ["1 lint.unexpected"]],
  php: ["<?php\n$a = ;\nfunction f( {\n}\n", ["2 lint.unexpected"]],
  xml: ["<a>\n  <b>\n</a>\n", ["2 lint.unexpected"]],
};

for (const [language, [text, expected]] of Object.entries(WRONG)) {
  test(`mistakes in ${language} are marked on their lines`, async () => {
    const found = await said(language, text);
    for (const one of expected)
      assert.ok(
        found.some((given) => given.startsWith(one)),
        `${one} in ${JSON.stringify(found)}`,
      );
    const lines = new Set(found.map((one) => one.split(" ")[0]));
    if (["javascript", "html", "css", "django"].includes(language))
      assert.equal(lines.size, new Set(expected.map((one) => one.split(" ")[0])).size, found.join("\n"));
  });
}

test("names that nothing uses or declares are marked in modules alone", async () => {
  const module =
    "import a, { b } from './x.js';\nimport * as c from './y.js';\nexport const d = b + e;\nfunction f() {\n  let g;\n  for (const h in d) i();\n}\n/* global k */\nif (typeof j !== 'undefined') k();\n";
  assert.deepEqual(await said("javascript", module), [
    "1 lint.unused a",
    "2 lint.unused c",
    "3 lint.undeclared e",
    "4 lint.unused f",
    "5 lint.unused g",
    "6 lint.undeclared i",
  ]);
  assert.deepEqual(await said("javascript", "function f() { g(); }\nvar a = b;\n"), []);
  assert.deepEqual(
    await said(
      "jsx",
      "import A from './a.jsx';\nimport B from './b.jsx';\nexport default () => <A.x y={<div />} />;\n",
    ),
    ["2 lint.unused B"],
  );
  const typed =
    "import { A, B, C, D } from './a';\nexport const f = <T extends A>(b: B): C => b as T;\n@D() class E { constructor(private x: A) {} }\nenum F { G }\ntype H = typeof f;\n";
  assert.deepEqual(await said("typescript", typed), []);
  assert.deepEqual(await said("typescript", "import type { A } from './a';\nexport const b: number = 1;\n"), [
    "1 lint.unused A",
  ]);
});

test("right texts of today are not marked", async () => {
  const right = {
    css: "@layer a, b;\n@container x (width > 1px) { a > b:is(.c, :not(d)) { inset: 0; & + & { margin: 0 } } }\n@property --a { syntax: '<length>'; inherits: false; initial-value: 0px }\n@media (400px <= width <= 700px) { a { color: rgb(1 2 3 / 4%) } }\n@supports (display: grid) { a { color: red } }\n",
    typescript:
      "abstract class A<T> { private readonly x!: number; abstract y(): void; accessor z = 1 }\ndeclare module 'x' { export const a: number }\nexport type B = A<string> extends infer U ? U : never;\nlet v = 1 as const satisfies number;\nexport default v;\n",
    vue: '<script setup lang="ts">\nimport B from "./B.vue";\ndefineProps<{ a: string }>();\n</script>\n<template><B v-for="(x, i) in [1]" :key="i" v-model:y="B.z" #default="{ z }">{{ z }}</B></template>\n<style scoped lang="scss">$a: 1px; p { b { margin: $a } }</style>\n',
    django:
      "{% extends 'a.html' %}{% load i18n %}{% block a %}{% blocktranslate count n=1 %}a{% plural %}b{% endblocktranslate %}{% for x in y %}{{ x|default:'}' }}{% empty %}{% endfor %}{% if a %}{% elif b %}{% else %}{% endif %}{% comment %}{% if %}{% endcomment %}{% verbatim %}{{ x }{% endverbatim %}{% endblock a %}{% custom %}{% endcustom %}",
    python:
      "import asyncio\n\nasync def f[T](x: T, /, *a, b=1, **k) -> T:\n    match x:\n        case {'a': [1, *rest]} if rest:\n            return f'{x!r:>{b}}'\n        case _:\n            pass\n    return (y := x)\n\nclass A:\n    @property\n    def b(self): return lambda: (yield)\n\ndef c():\n    with (open(a) as x, open(b) as y):\n        yield\n",
    php: "<h1><?= $a ?></h1>\n<?php\nnamespace A\\B;\nenum C: string { case D = 'd'; }\nfinal class E { public function __construct(private readonly ?int $x = null) {} }\n$f = fn(int $x): int => match(true) { $x > 1 => 2, default => 3 };\n?>\n<p>x</p>\n",
    xml: '<?xml version="1.0"?>\n<!-- a -->\n<a xmlns:b="c"><b:d e="f"/><![CDATA[<x>]]>&amp;</a>\n',
  };
  for (const [language, text] of Object.entries(right))
    assert.deepEqual(await said(language, text), [], language);
});

test("what Sass, Less and YAML may say is not marked", async () => {
  const right = {
    scss: [
      "@use 'a' as b with ($c: 1);\n@mixin a($b: 1, $c...) { @content; }\n%x { &:hover { #{$p}: 1; } @extend %y; }\n// it's {\n@each $a, $b in (c: 1, d: 2) { .#{$a}-e { width: calc(#{$a} * 1px); } }\n",
      "@function f($x) { @return math.div($x, 2); }\n@if $a == b { p { q: r } } @else if not $c { p { q: s !important } }\n@include b.c($d: 1) { e: f; }\n$map: (a: 1, 'b': (c: 2)) !default;\n@debug 'x: #{$a}'; .a { font: { family: b; size: 1px } }\n",
    ],
    less: [
      ".a(@b: 1; @c) when (iscolor(@b)) { d: fade(@b, 10%) }\n.e { .a(red; 1); &:extend(.f all); @media (x) { g: h } width: ~\"calc(1 - 2)\"; }\n// it's {\n@r: { s: t };\n.u { @r(); .v !important; @{w}-x: y; }\n@import (reference) 'z';\n",
    ],
    yaml: [
      "%YAML 1.2\n---\na: &x {b: 1}\nc: *x\nd: !vault |\n  text\ne: >-\n  folded\n? [f]\n: g\n---\n- h\n...\n",
      "on:\n  push: {branches: [main]}\njobs:\n  a:\n    steps:\n      - run: |\n          echo \"a: b\"\n      - uses: x@v1 # c\n        with: {d: '{{ e }}'}\n",
    ],
  };
  for (const [language, texts] of Object.entries(right))
    for (const text of texts) assert.deepEqual(await said(language, text), [], text);
});

test("YAML with many keys or many mistakes does not keep the others waiting", async () => {
  const asked = async (text) => {
    const before = process.cpuUsage();
    const problems = await problemsIn({ language: "yaml", text });
    const { user, system } = process.cpuUsage(before);
    return { problems, seconds: (user + system) / 1e6 };
  };
  await asked("a: 1\n"); // the parser is fetched
  const lines = (count, line) => Array.from({ length: count }, (_, index) => line(index)).join("");
  const many = await asked(lines(24_000, (index) => `key${index}: 1\n`));
  assert.deepEqual(many.problems, []);
  const doubles = await asked(lines(8000, () => "key: 1\n"));
  assert.equal(doubles.problems.length, 200);
  assert.equal(doubles.problems[0].from, "key: 1\n".length);
  const broken = await asked(lines(4000, () => 'a: "\\q"\n'));
  assert.equal(broken.problems.length, 200);
  for (const { seconds } of [many, doubles, broken]) assert.ok(seconds < 5, `${seconds} s`);
});
