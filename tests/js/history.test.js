import assert from "node:assert/strict";
import test from "node:test";
import { countsOf, rowsOf } from "../../static/editor/history/diff.js";

const UNIFIED =
  "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n same\n-- old\n++ new\n+more\n same\n@@ -10 +11 @@\n-x\n\\ No newline at end of file\n+y\n";

test("a unified diff becomes rows with the numbers of both sides", () => {
  const rows = rowsOf(UNIFIED);
  assert.deepEqual(
    rows.map(({ kind, before, after, text }) => [kind, before, after, text]),
    [
      ["hunk", null, null, "@@ -1,3 +1,4 @@"],
      ["same", 1, 1, "same"],
      ["removed", 2, null, "- old"],
      ["added", null, 2, "+ new"],
      ["added", null, 3, "more"],
      ["same", 3, 4, "same"],
      ["hunk", null, null, "@@ -10 +11 @@"],
      ["removed", 10, null, "x"],
      ["note", null, null, "No newline at end of file"],
      ["added", null, 11, "y"],
    ],
  );
  assert.deepEqual(countsOf(rows), { added: 3, removed: 2 });
});

test("no difference has no rows", () => {
  assert.deepEqual(rowsOf(""), []);
});
