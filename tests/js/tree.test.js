import assert from "node:assert/strict";
import test from "node:test";
import { Marks } from "../../static/editor/tree/marks.js";
import { freeName, outermost, TreeModel } from "../../static/editor/tree/model.js";
import { Selection } from "../../static/editor/tree/selection.js";

const PATHS = ["b.txt", "src/app.js", "src/lib/z.js", "a10.txt", "a9.txt", "src/lib/é.js"];

function shown(model) {
  return model.rows.map(
    ({ node, position, size }) => `${"  ".repeat(node.level - 1)}${node.name} ${position}/${size}`,
  );
}

test("folders come first, names as people read them, closed folders hide what is in them", () => {
  const model = new TreeModel(PATHS);
  assert.deepEqual(shown(model), ["src 1/4", "a9.txt 2/4", "a10.txt 3/4", "b.txt 4/4"]);
  model.reveal("src/lib/z.js");
  assert.deepEqual(shown(model).slice(0, 5), [
    "src 1/4",
    "  lib 1/2",
    "    é.js 1/2",
    "    z.js 2/2",
    "  app.js 2/2",
  ]);
  model.toggle("src");
  assert.equal(model.indexOf("src/app.js"), -1);
});

test("a filter shows what matches every word, with the folders that lead to it", () => {
  const model = new TreeModel(PATHS);
  model.filter = " LIB  z ";
  assert.deepEqual(shown(model), ["src 1/1", "  lib 1/1", "    z.js 1/1"]);
  model.filter = "nothing";
  assert.deepEqual(shown(model), []);
  model.filter = "";
  assert.equal(model.rows.length, 4);
});

test("files come and go with their folders, and an empty folder stays where somebody made it", () => {
  const model = new TreeModel(PATHS);
  model.update({ added: ["new/deep/x.txt"], gone: ["src/lib/z.js", "src/lib/é.js"] });
  assert.deepEqual(model.folders(), ["src", "new", "new/deep"]);
  assert.deepEqual(model.filesIn("new"), ["new/deep/x.txt"]);
  model.addFolder("empty/inner");
  model.replace(["only.txt"]);
  assert.deepEqual(model.folders(), ["empty", "empty/inner"]);
  model.update({ added: ["empty/inner/f"] });
  model.update({ gone: ["empty/inner/f"] });
  assert.ok(model.has("empty/inner"));
  model.forgetFolder("empty/inner");
  assert.deepEqual(model.folders(), []);
  assert.equal(model.fileCount, 1);
});

test("a file may be where a folder was, and a folder where a file was", () => {
  const model = new TreeModel(["a/b"]);
  model.update({ gone: ["a/b"], added: ["a"] });
  assert.deepEqual(model.paths(), ["a"]);
  model.update({ gone: ["a"], added: ["a/b"] });
  assert.deepEqual(model.paths(), ["a/b"]);
});

test("proposed files have rows, and are no files: neither counted, nor taken, nor in the way", () => {
  const shown = (model) => model.rows.map(({ node }) => [node.path, model.isProposed(node)]);
  const model = new TreeModel(["a.txt", "src/b.txt"]);
  model.propose(["new/deep/c.txt", "src/d.txt", "a.txt", "a.txt/below", "src"]);
  for (const folder of ["new", "new/deep", "src"]) model.toggle(folder, true);
  assert.deepEqual(shown(model), [
    ["new", true],
    ["new/deep", true],
    ["new/deep/c.txt", true],
    ["src", false],
    ["src/b.txt", false],
    ["src/d.txt", true],
    ["a.txt", false],
  ]);
  assert.deepEqual(model.paths(), ["a.txt", "src/b.txt"]);
  assert.deepEqual(model.folders(), ["src"]);
  assert.deepEqual(model.filesIn("src"), ["src/b.txt"]);
  assert.equal(model.has("src/d.txt"), false);
  assert.equal(model.has("new"), false);
  model.update({ added: ["src/d.txt"], gone: ["a.txt"] });
  assert.equal(model.has("src/d.txt"), true);
  assert.deepEqual(shown(model).at(-1), ["a.txt", true]);
  model.replace(["a.txt", "src/b.txt", "src/d.txt"]);
  assert.equal(model.has("a.txt"), true);
  assert.equal(model.get("new/deep/c.txt").isProposed, true);
  model.propose([]);
  assert.deepEqual(
    shown(model).map(([path]) => path),
    ["src", "src/b.txt", "src/d.txt", "a.txt"],
  );
});

test("ten thousand files have their rows and are found in them", () => {
  const many = Array.from({ length: 10_000 }, (_, n) => `d${n % 100}/e${n % 7}/file${n}.txt`);
  const model = new TreeModel(many);
  for (const folder of model.folders()) model.expanded.add(folder);
  model.changed();
  assert.equal(model.rows.length, 10_000 + 100 + 700);
  assert.equal(model.indexOf(model.rows[5_000].node.path), 5_000);
});

test("names that are free, and paths that stand for others", () => {
  const taken = new Set(["a/b.c.txt", "a/b.c (2).txt", ".env"]);
  const has = (path) => taken.has(path);
  assert.equal(freeName("a/b.c.txt", has), "a/b.c (3).txt");
  assert.equal(freeName(".env", has), ".env (2)");
  assert.equal(freeName("x.y/Makefile", has), "x.y/Makefile (2)");
  assert.deepEqual(outermost(["a/b", "a", "ab", "c/d/e"]), ["a", "ab", "c/d/e"]);
});

test("choosing rows: one, some, a range, and what is left of them when files go", () => {
  const model = new TreeModel(["a", "b", "c", "d"]);
  const selection = new Selection(model);
  selection.only("b");
  selection.extend("d");
  assert.deepEqual([...selection.paths], ["b", "c", "d"]);
  selection.extend("a");
  assert.deepEqual([...selection.paths], ["a", "b"]);
  selection.toggle("d");
  assert.deepEqual(selection.targets, ["a", "b", "d"]);
  selection.go("c");
  assert.deepEqual(selection.targets, ["c"]);
  model.update({ gone: ["c", "d"] });
  selection.repair(2);
  assert.equal(selection.active, "b");
  assert.deepEqual(selection.targets, ["a", "b"]);
});

test("a file called as what every object has keeps no mark that is taken back", () => {
  const marks = new Marks();
  for (const path of ["constructor", "toString"]) marks.set(path, "proposals", 2);
  marks.setAll("proposals", { toString: 1 });
  assert.deepEqual([...marks.byPath.keys()], ["toString"]);
});
