import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { highlight, isKnown } from "../../chat/static/chat/markdown/highlighter.js";
import { languageLabel } from "../../chat/static/chat/markdown/languages.js";
import { linkHost } from "../../chat/static/chat/markdown/links.js";
import { blockTokens, inlineHtml, isClosed } from "../../chat/static/chat/markdown/parser.js";
import { TAGS } from "../../chat/static/chat/markdown/sanitize.js";
import {
  settled,
  withoutUndecidedLine,
  withoutUndecidedTable,
} from "../../chat/static/chat/markdown/settle.js";
import { tree } from "../../chat/static/chat/markdown/tree.js";

const hostile = JSON.parse(await readFile(new URL("hostile_markdown.json", import.meta.url), "utf8"));
const nodes = (source) => tree(blockTokens(source), source.split("\n"));

function leaves(list) {
  return list.flatMap((node) => (node.kind === "box" ? leaves(node.children) : [node]));
}

/** Tags and attributes of a piece of HTML, before any sanitiser has seen it. */
function markup(html) {
  const tags = [...html.matchAll(/<\/?([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*\/?>/gi)];
  const attributes = tags.flatMap(([, , all]) =>
    [...all.matchAll(/([a-z-]+)="([^"]*)"/gi)].map(([, name, value]) => [name, value]),
  );
  const left = html.replace(/<\/?[a-z][a-z0-9]*(?:\s+[a-z-]+="[^"]*")*\s*\/?>/gi, "");
  return { tags: tags.map(([, tag]) => tag), attributes, left };
}

test("the parser alone lets no markup, no scheme and no image of a hostile text through", () => {
  for (const source of hostile) {
    for (const leaf of leaves(nodes(source)).filter(({ kind }) => kind === "inline")) {
      const { tags, attributes, left } = markup(inlineHtml(leaf.source));
      assert.ok(!left.includes("<"), `unescaped in ${JSON.stringify(source.slice(0, 80))}`);
      for (const tag of tags) assert.ok(["a", "span", "strong", "em", "s", "code", "br"].includes(tag), tag);
      for (const [name, value] of attributes) {
        assert.ok(["href", "class"].includes(name), `${name} in ${source.slice(0, 80)}`);
        if (name === "href") assert.match(value, /^(?:https?:|mailto:)/i);
      }
    }
  }
});

test("blocks are made of the allowed tags alone", () => {
  const walk = (list) => {
    for (const node of list) {
      assert.ok(TAGS.includes(node.tag), node.tag);
      if (node.kind === "box") walk(node.children);
    }
  };
  for (const source of hostile) walk(nodes(source));
});

test("hostile shapes cost little", () => {
  for (const source of hostile) {
    const begun = performance.now();
    for (const leaf of leaves(nodes(source)).filter(({ kind }) => kind === "inline"))
      inlineHtml(settled(leaf.source));
    const took = performance.now() - begun;
    assert.ok(
      took < 400,
      `${Math.round(took)} ms for ${JSON.stringify(source.slice(0, 40))} (${source.length})`,
    );
  }
});

test("a link shows where it leads, unless its text already does", () => {
  const cases = [
    ["https://react.dev/learn", "React", "react.dev"],
    ["https://react.dev/learn", "https://react.dev/learn", ""],
    ["https://react.dev", "react.dev", ""],
    ["https://evil.example", "https://bank.example", "evil.example"],
    ["https://evil.example", "evil.example.bank.example", "evil.example"],
    ["https://bank.example@evil.example/login", "bank.example/login", "evil.example"],
    ["https://xn--pple-43d.com", "аpple.com", "xn--pple-43d.com"],
    ["https://evil.example:8443/x", "evil.example", "evil.example:8443"],
    ["mailto:a@b.example", "a@b.example", ""],
    ["mailto:evil@b.example", "support", "evil@b.example"],
  ];
  for (const [href, text, shown] of cases) assert.equal(linkHost(href, text), shown, `${text} → ${href}`);
  assert.match(inlineHtml("[Appliquer](https://evil.example/x)"), /<\/a><span class="host">evil\.example</);
});

test("an image is its text", () => {
  assert.equal(inlineHtml("![un chat](https://leak.example/c.png)"), '<span class="image">un chat</span>');
});

test("the end of a growing text is closed, and what can't be understood yet waits", () => {
  const cases = [
    ["un **mot", "un **mot**"],
    ["un **mot**", "un **mot**"],
    ["un **mot*", "un **mot**"],
    ["un *mot", "un *mot*"],
    ["2 * 3", "2 * 3"],
    ["snake_case_name", "snake_case_name"],
    ["du `code", "du `code`"],
    ["du `code`", "du `code`"],
    ["``a ` b", "``a ` b``"],
    ["`**` est gras", "`**` est gras"],
    ["voir [la doc", "voir la doc"],
    ["voir [la doc](https://react.d", "voir la doc"],
    ["voir [la doc](https://react.dev)", "voir [la doc](https://react.dev)"],
    ["~~barré", "~~barré~~"],
    ["![image](https://x", "image"],
    ["a <https://exa", "a "],
  ];
  for (const [given, shown] of cases) assert.equal(settled(given), shown);
  assert.equal(withoutUndecidedLine("texte\n-"), "texte\n");
  assert.equal(withoutUndecidedLine("texte\n- un"), "texte\n- un");
  assert.equal(withoutUndecidedLine("texte\n``"), "texte\n");
  assert.equal(withoutUndecidedTable("texte\n\n| a | b |\n"), "texte\n");
  assert.equal(withoutUndecidedTable("| a | b |\n|---|---|\n"), "| a | b |\n|---|---|\n");
});

test("a piece of text is closed when nothing in it waits for more", () => {
  for (const source of ["abc", "un **mot** et `code`", "[a](https://b.c) d"])
    assert.ok(isClosed(source), source);
  for (const source of ["un **mot", "du `code", "[a](https://b", "a*"]) assert.ok(!isClosed(source), source);
});

test("code knows whether its fence is closed, in lists and quotes too", () => {
  const closed = (source) => leaves(nodes(source)).find(({ kind }) => kind === "code")?.closed;
  assert.equal(closed("```js\nx\n```"), true);
  assert.equal(closed("```js\nx\n"), false);
  assert.equal(closed("````md\n```js\nx\n```\n"), false);
  assert.equal(closed("- a\n\n  ```js\n  x\n  ```\n"), true);
  assert.equal(closed("> ```js\n> x\n> ```"), true);
});

const SAMPLES = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the sample
  jsx: "/* deux\nlignes */\nexport function A({ b }) {\n  return <p className={`x ${b}`}>{b}</p>; // fin\n}\n",
  css: "@media (width > 1px) {\n  a:hover { color: #fff; /* c\n d */ }\n}\n",
  html: '<!-- a\nb -->\n<style>\nbody { margin: 0 }\n</style>\n<script>\nconst a = "b";\n</script>\n<P Class="x">y</P>\n',
  python: 'def f(a: int) -> str:\n    """Deux\n    lignes."""\n    return f"{a}"\n',
  json: '{\n  "a": [1, true, "b"]\n}\n',
  ts: "interface A<T> {\n  b?: T;\n}\nconst c: A<string> = {};\n",
  bash: 'cat <<EOF\ntexte $HOME\nEOF\necho "$1" # fin\n',
};

// YAML's block texts are left out: that grammar looks for their end from their first line.

/** Neighbours with the same scope are one: where a line was cut is not a difference. */
function joined(tokens) {
  const all = [];
  for (const [scope, text] of tokens) {
    if (all.at(-1)?.[0] === scope) all.at(-1)[1] += text;
    else all.push([scope, text]);
  }
  return all;
}

test("coloured line by line or at once: the same text and the same colours", () => {
  for (const [language, code] of Object.entries(SAMPLES)) {
    let mode = null;
    const tokens = code.split(/(?<=\n)/).flatMap((line) => {
      const piece = highlight(line, language, mode);
      mode = piece.mode;
      return piece.tokens;
    });
    assert.equal(tokens.map(([, text]) => text).join(""), code);
    assert.deepEqual(joined(tokens), joined(highlight(code, language).tokens), language);
  }
});

test("a language is one of the list, whatever a model calls it", () => {
  for (const name of ["js", "JSX", "tsx", "html", "vue", "py", "sh", "yml", "toml"])
    assert.ok(isKnown(name), name);
  for (const name of ["", "constructor", "__proto__", "brainfuck", "webox-resumed"])
    assert.ok(!isKnown(name), name);
  assert.equal(languageLabel("js"), "JavaScript");
  assert.equal(languageLabel("<img src=x onerror=alert(1)> and more"), "<img src=x onerror=alert");
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"])
    assert.equal(languageLabel(name), name);
});

test("a task list has boxes; brackets anywhere else are what they are", () => {
  const source =
    "- [ ] to do\n- [x] done **well**\n  [x] in a later line\n- [X]\n- [y] no box\n\n[ ] no list\n\n1. [x] counted\n\n   [ ] a second paragraph";
  const texts = leaves(nodes(source)).map((leaf) => leaf.source);
  assert.deepEqual(texts, [
    "☐ to do",
    "☑ done **well**\n[x] in a later line",
    "[X]",
    "[y] no box",
    "[ ] no list",
    "☑ counted",
    "[ ] a second paragraph",
  ]);
  const items = nodes(source)[0].children.map(({ className }) => className);
  assert.deepEqual(items, ["task", "task", "", ""]);
});
