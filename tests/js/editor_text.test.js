import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState } from "@codemirror/state";
import { languageOf } from "../../static/editor/code/languages.js";
import { indentOf } from "../../static/editor/code/setup.js";
import { search } from "../../static/editor/fuzzy.js";
import { orphans } from "../../static/editor/session/drafts.js";
import { asDocText, fromDoc, lineEndsOf, smallestChange, toDoc } from "../../static/editor/session/text.js";

const TEXTS = [
  "",
  "a",
  "a\n",
  "\n\n",
  "a\r\nb\r\n",
  "\r\n",
  "a\nb\r\nc",
  "a\rb",
  "a\r\rb\n",
  "\r",
  "é\u2028x\n",
  "\ufeffa\r\n",
];

test("a text comes back from the editor as it went in", () => {
  for (const text of TEXTS) {
    const ends = lineEndsOf(text);
    const state = EditorState.create({
      doc: toDoc(text, ends),
      extensions: ends === "exact" ? [EditorState.lineSeparator.of("\n")] : [],
    });
    assert.equal(fromDoc(state.doc, ends), text, JSON.stringify(text));
    const changed = state.update({ changes: { from: 0, insert: state.toText("x") } }).state;
    assert.equal(fromDoc(changed.doc, ends), `x${text}`, JSON.stringify(text));
  }
});

test("the smallest change leads from one text to the other and never halves a character", () => {
  const texts = ["", "abc", "abxc", "xabc", "abcx", "aaaa", "aaa", "👍🏽", "👍🏿", "a👎b", "a👍b"];
  for (const before of texts) {
    for (const after of texts) {
      const change = smallestChange(before, after);
      if (before === after) assert.equal(change, null);
      else {
        assert.equal(before.slice(0, change.from) + change.insert + before.slice(change.to), after);
        assert.doesNotMatch(before.slice(0, change.from), /[\ud800-\udbff]$/);
        assert.doesNotMatch(before.slice(change.to), /^[\udc00-\udfff]/);
      }
    }
  }
  assert.equal(asDocText("a\r\nb", "crlf"), "a\nb");
});

test("the indent of a file is what most of it does", () => {
  assert.equal(indentOf("a\n\tb\n\t\tc\n\td"), "\t");
  assert.equal(indentOf("a\n    b\n        c\n"), "    ");
  assert.equal(indentOf("a\n  b\n    c\n  d\n"), "  ");
  assert.equal(indentOf("no indent"), "  ");
});

test("a file's language is that of its name, and of its template tags", () => {
  assert.equal(languageOf("a/b.TSX"), "tsx");
  assert.equal(languageOf("page.html", "<p>a</p>"), "html");
  assert.equal(languageOf("page.html", "{% load static %}<p>"), "django");
  assert.equal(languageOf("page.html", "<p>{{ user.name }}</p>"), "django");
  assert.equal(languageOf("LICENSE"), null);
  assert.equal(languageOf("html"), null);
});

const PATHS = [
  "src/components/MainButton.jsx",
  "src/components/MenuBar.jsx",
  "src/main.js",
  "docs/main/button.md",
  "styles/main.css",
  "a/very/long/path/with/main/in/it/but/not/first.txt",
];

const found = (query) => search(query, PATHS).map(({ item }) => item);

test("letters in order find a path, those that begin a name or a word first", () => {
  assert.equal(found("mabu")[0], "src/components/MainButton.jsx");
  assert.equal(found("main.js")[0], "src/main.js");
  assert.equal(found("maincss")[0], "styles/main.css");
  assert.equal(found("docs button")[0], "docs/main/button.md");
  assert.equal(found("MENUB")[0], "src/components/MenuBar.jsx");
  assert.deepEqual(found("zzz"), []);
  assert.equal(found("").length, PATHS.length);
});

test("what is marked is what was found", () => {
  for (const { item, at } of search("mb", PATHS)) {
    assert.equal(at.map((index) => item[index].toLowerCase()).join(""), "mb");
  }
});

test("every path that holds the letters in order is found, whatever comes first", () => {
  for (const path of PATHS) {
    for (let step = 2; step < 6; step += 1) {
      const query = [...path].filter((_, index) => index % step === 0).join("");
      assert.ok(search(query, [path]).length === 1, `${query} in ${path}`);
    }
  }
});

const draft = (more) => ({
  user: 1,
  project: 2,
  client: "dead",
  path: "a",
  at: 1_000_000,
  key: "k",
  ...more,
});
const here = { user: 1, project: 2, client: "me" };

test("a draft is for the same person and project, and only once its page is gone", () => {
  const all = [
    draft({ key: "1" }),
    draft({ key: "2", path: "b", client: "alive" }),
    draft({ key: "3", path: "c", user: 9 }),
    draft({ key: "4", path: "d", project: 9 }),
    draft({ key: "5", path: "e", client: "me" }),
  ];
  const { found, old } = orphans(all, here, new Set(["alive", "me"]), 1_000_001);
  assert.deepEqual(
    found.map(({ key }) => key),
    ["1"],
  );
  assert.deepEqual(old, []);
});

test("the newest draft of a path wins, and very old ones are given up", () => {
  const month = 31 * 86_400_000;
  const all = [
    draft({ key: "new", at: month }),
    draft({ key: "older", at: month - 5 }),
    draft({ key: "old", at: 0 }),
  ];
  const { found, old } = orphans(all, here, new Set(), month + 1);
  assert.deepEqual(
    found.map(({ key }) => key),
    ["new"],
  );
  assert.deepEqual(
    old.map(({ key }) => key),
    ["old"],
  );
});

test("without locks, a page that wrote a moment ago is taken for alive", () => {
  const now = 2_000_000;
  const all = [draft({ key: "fresh", at: now - 500 }), draft({ key: "silent", path: "b", at: now - 60_000 })];
  assert.deepEqual(
    orphans(all, here, null, now).found.map(({ key }) => key),
    ["silent"],
  );
});

test("a file is found with and without its accents, and marked where the letters are", () => {
  const paths = ["theme.css", "src/été 2026.css", "İz.js"];
  for (const query of ["ete", "été", "e\u0301te\u0301", "ETE"]) {
    const [{ item, at }] = search(query, paths);
    assert.equal(item, "src/été 2026.css");
    assert.deepEqual(at, [4, 5, 6]);
  }
  assert.deepEqual(search("js", paths)[0].at, [3, 4]);
  assert.deepEqual(search("thémé", paths)[0].item, "theme.css");
});
