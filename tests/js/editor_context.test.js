import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOf, shortSelection } from "../../static/editor/context.js";

const given = (more) => ({
  path: "a.js",
  selection: null,
  openPaths: [],
  dirtyPaths: [],
  problems: [],
  ...more,
});

test("what is open, selected, unsaved and broken goes along", () => {
  const selection = { path: "a.js", from_line: 2, to_line: 3, text: "x\ny" };
  const problems = [{ message: "x is not defined", file: "a.js", line: 4, column: 2 }];
  assert.deepEqual(
    contextOf(given({ selection, openPaths: ["a.js", "b.js"], dirtyPaths: ["b.js"], problems })),
    {
      open_file: "a.js",
      selection,
      open_files: ["a.js", "b.js"],
      edited: ["b.js"],
      preview_errors: [{ message: "x is not defined", file: "a.js", line: 4 }],
    },
  );
  assert.equal("open_file" in contextOf(given({ path: undefined })), false);
});

test("nothing is more than the server takes", () => {
  const many = Array.from({ length: 300 }, (_, number) => `file${number}`);
  const problems = many.map(() => ({ message: "m".repeat(9000), file: null, line: undefined }));
  const made = contextOf(given({ path: "p".repeat(600), openPaths: many, dirtyPaths: many, problems }));
  assert.equal("open_file" in made, false);
  assert.equal(made.open_files.length, 100);
  assert.equal(made.edited.length, 100);
  assert.ok(made.preview_errors.length <= 50);
  for (const { message, file, line } of made.preview_errors) {
    assert.equal(message.length, 2000);
    assert.equal(file, "");
    assert.equal(line, null);
  }
});

test("a long selection is cut at a line and says where it ends", () => {
  const text = "a line of text\n".repeat(10_000);
  const cut = shortSelection({ path: "a", from_line: 11, to_line: 10_010, text });
  assert.ok(cut.text.length <= 50_000);
  assert.ok(text.startsWith(`${cut.text}\n`));
  assert.equal(cut.to_line, 11 + cut.text.split("\n").length - 1);
  assert.equal(
    shortSelection({ path: "a", from_line: 1, to_line: 1, text: "x".repeat(90_000) }).text.length,
    50_000,
  );
});
