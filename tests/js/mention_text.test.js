// Which mention is being typed, and what of an older list still fits it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stillFits, typedMention } from "../../chat/static/chat/mention_text.js";

/** The bar is the caret. */
function typed(marked) {
  const caret = marked.indexOf("|");
  return typedMention(marked.replace("|", ""), caret);
}

test("a mention begins at an @ that stands alone", () => {
  assert.deepEqual(typed("@|"), { from: 0, to: 1, query: "" });
  assert.deepEqual(typed("voir @src/A|"), { from: 5, to: 11, query: "src/A" });
  assert.deepEqual(typed("(@été|"), { from: 1, to: 5, query: "été" });
  assert.deepEqual(typed("ligne\n@a|"), { from: 6, to: 8, query: "a" });
  assert.equal(typed("moi@exemple|"), null);
  assert.equal(typed("@src/App.jsx |"), null);
  assert.equal(typed("@a\n|"), null);
  assert.equal(typed("a|@b"), null);
  assert.equal(typed("@@a|"), null);
});

test("between quotes it may have spaces, on one line", () => {
  assert.deepEqual(typed('@"my fi|'), { from: 0, to: 7, query: "my fi" });
  assert.deepEqual(typed('@"a \\"b|'), { from: 0, to: 7, query: 'a "b' });
  assert.equal(typed('@"my file.jsx"|'), null);
  assert.equal(typed('@"a\nb|'), null);
});

test("what stands behind the caret in the same word is replaced too, and nothing more", () => {
  assert.deepEqual(typed("@sr|c/App.jsx et puis"), { from: 0, to: 12, query: "sr" });
  assert.deepEqual(typed('@"my| et puis'), { from: 0, to: 4, query: "my" });
});

test("a very long line is no matter", () => {
  assert.equal(typed(`${"@".repeat(100_000)}|`), null);
  assert.equal(typed(`@"${"a".repeat(100_000)}|`), null);
});

test("an older list is kept as far as it fits", () => {
  const item = { name: "src/App.jsx", mention: "@src/App.jsx" };
  assert.ok(stillFits("sapp", item));
  assert.ok(stillFits("", item));
  assert.ok(stillFits("SRC/app", item));
  assert.ok(!stillFits("appz", item));
});

test("accents are no matter to whether it fits", () => {
  const item = { name: "été 2026.css", mention: '@"été 2026.css"' };
  assert.ok(stillFits("ete", item));
  assert.ok(stillFits("ÉTÉ", item));
  assert.ok(stillFits("e\u0301te", item));
  assert.ok(!stillFits("etez", item));
});
