import assert from "node:assert/strict";
import { test } from "node:test";
import { lineNumbers } from "../../static/editor/file_view.js";

test("every line has a number, and the last line break begins none", () => {
  assert.equal(lineNumbers("a\nb\n"), "1\n2");
  assert.equal(lineNumbers("a\nb"), "1\n2");
  assert.equal(lineNumbers("\n\n"), "1\n2");
  assert.equal(lineNumbers(""), "");
});
