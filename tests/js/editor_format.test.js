import assert from "node:assert/strict";
import { test } from "node:test";
import { failure, formatted } from "../../static/editor/workers/prettier.js";
import { showsTheSame } from "../../static/editor/workers/template_guard.js";

const CASES = {
  html: ["<p>a", "<p>a</p>\n"],
  vue: ["<template><p>a</p></template>", "<template><p>a</p></template>\n"],
  django: [
    "<ul>{% for a in b %}\n<li class=c>{{a}}</li>{% endfor %}</ul>",
    '<ul>\n  {% for a in b %}\n    <li class="c">{{ a }}</li>\n  {% endfor %}\n</ul>\n',
  ],
  css: ["p{color:red}", "p {\n  color: red;\n}\n"],
  scss: ["$a:1px;p{a{margin:$a}}", "$a: 1px;\np {\n  a {\n    margin: $a;\n  }\n}\n"],
  less: ["@a:1px;p{margin:@a}", "@a: 1px;\np {\n  margin: @a;\n}\n"],
  javascript: ["a={b:1}", "a = { b: 1 };\n"],
  jsx: ["const A=()=><b>x</b>", "const A = () => <b>x</b>;\n"],
  typescript: ["const f=(a:any):a is string=>true", "const f = (a: any): a is string => true;\n"],
  tsx: ["const A=(a:B)=><b>x</b>", "const A = (a: B) => <b>x</b>;\n"],
  json: ['{"a":1}', '{ "a": 1 }\n'],
  markdown: ["# a\n* b", "# a\n\n- b\n"],
  yaml: ["a:   1", "a: 1\n"],
};

test("every language that can be formatted is, and what comes out stays as it is", async () => {
  for (const [language, [before, after]] of Object.entries(CASES)) {
    const { text } = await formatted({ language, text: before, cursor: 0, options: {} });
    assert.equal(text, after, language);
    const again = await formatted({ language, text, cursor: 0, options: {} });
    assert.equal(again.text, text, language);
  }
});

test("a template whose new form would show something else stays as it is", async () => {
  const texts = ["<p>a", "<b>{% for a in b %}\n{{ a }}{% endfor %}</b>"];
  for (const text of texts) {
    const error = await formatted({ language: "django", text, cursor: 0, options: {} }).then(
      () => null,
      failure,
    );
    assert.equal(error?.code, "template", text);
  }
});

test("what is looked up by its letters keeps them, and a line of text its branches", async () => {
  const words =
    "{% blocktranslate count n=a %}\n   One long sentence that has to be broken somewhere,  because it is longer than the line may be.\n{% plural %} More {% endblocktranslate %}";
  const cases = {
    [`<div><p>${words}</p><ul><li>a</li></ul></div>`]: [words, "<ul>\n"],
    [`<div title="${words}"><p>b</p></div>`]: [words, "<p>b</p></div>\n"],
    '<ul><li class="a{% if b %} c{% endif %}">x</li></ul>': ['class="a{% if b %} c{% endif %}"', "<ul>\n"],
    "<div><p>Hi {% if a %}{{ b }}, {% endif %}c{% for d in e %}{{ d }}{% endfor %}</p></div>": [
      "{% if a %}{{ b }}, {% endif %}c{% for d in e %}{{ d }}{% endfor %}",
    ],
  };
  for (const [text, parts] of Object.entries(cases)) {
    const made = await formatted({ language: "django", text, cursor: 0, options: {} });
    for (const part of parts) assert.ok(made.text.includes(part), made.text);
  }
});

test("what counts as showing the same", () => {
  const same = [
    ["<p>a</p><p>b</p>", "<p>a</p>\n<p>b</p>\n"],
    ["<br><input type=text>", '<br />\n<input type="text" />'],
    [
      "<ul>{% for a in b %}<li>c</li>{% endfor %}</ul>",
      "<ul>\n  {% for a in b %}\n    <li>c</li>\n  {% endfor %}\n</ul>",
    ],
    ["{% extends 'a' %}{% block b %}c{% endblock %}", "{% extends 'a' %}\n\n{% block b %}c{% endblock %}\n"],
    ["{{a|b:'c d'}}", "{{ a|b:'c d' }}"],
    ['<p style="a:b;c:d">e</p>', '<p style="a: b; c: d">e</p>'],
    ["<script>f( )</script>", "<script>\n  f();\n</script>"],
  ];
  const different = [
    ["<b>a</b>{% if c %}<b>d</b>{% endif %}", "<b>a</b>\n{% if c %}<b>d</b>{% endif %}"],
    ["{% if a %} b{% endif %}", "{% if a %}b{% endif %}"],
    ["{{ a|b:'c d' }}", "{{ a|b:'c  d' }}"],
    ["{{ a }}{{ b }}", "{{ b }}{{ a }}"],
    ["{% block a %}b{% endblock %}", "{% block a %}\n b\n{% endblock %}"],
    ["<pre>a\n b</pre>", "<pre>\na\nb</pre>"],
    ["{% verbatim %}{{a}}{% endverbatim %}", "{% verbatim %}{{ a }}{% endverbatim %}"],
    ['<i class="{{ a }}{{ b }}"></i>', '<i class="{{ a }} {{ b }}"></i>'],
    ["<p>a", "<p>a</p>"],
    ["<b>a</b>", "<b>a</b>\n"],
    ["<i data-x='{{ rows|safe }}'></i>", '<i data-x="{{ rows|safe }}"></i>'],
    ["<script>JSON.parse('{{ a|safe }}')</script>", '<script>JSON.parse("{{ a|safe }}");</script>'],
    ["<script>say('{% translate a %}')</script>", '<script>say("{% translate a %}");</script>'],
  ];
  for (const [one, other] of same) assert.ok(showsTheSame(one, other), other);
  for (const [one, other] of different) assert.ok(!showsTheSame(one, other), other);
});

test("the cursor stays at its letter, and the file's indent is kept", async () => {
  const text = "if(a){b()}";
  const made = await formatted({
    language: "javascript",
    text,
    cursor: text.indexOf("b"),
    options: { useTabs: true },
  });
  assert.equal(made.text, "if (a) {\n\tb();\n}\n");
  assert.equal(made.cursor, made.text.indexOf("b"));
});

test("what cannot be read says where and why", async () => {
  const wrong = {
    css: "p {\n color: red",
    javascript: "let a;\nlet b = (1;\n",
    typescript: "let a: = 1",
    less: "p {",
    scss: "p {",
  };
  for (const [language, text] of Object.entries(wrong)) {
    const error = await formatted({ language, text, cursor: 0, options: {} }).then(
      () => assert.fail(language),
      (thrown) => failure(thrown),
    );
    assert.ok(error.line >= 1, language);
    assert.ok(error.message.length > 5, language);
    assert.doesNotMatch(error.message, /\(\d+:\d+\)|\n/);
  }
});

test("right TypeScript of every kind is read", async () => {
  const text = `
    declare module "x" { export const a: number }
    const f = <T,>(a: any): a is T => true;
    function g(this: A, ...b: [a: string, c?: number]): asserts b is C {}
    abstract class A<T extends B = C> implements D { private readonly x!: number; constructor(private y?: string) { super() } }
    @dec() class B { accessor x = 1; declare q: string; override f(): void {} }
    let a = b as const satisfies C; enum E { A } namespace N { export type X = 1 }`;
  await formatted({ language: "typescript", text, cursor: 0, options: {} });
});
