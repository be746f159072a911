// The preview's modules that touch no page: messages, places, entries, imports, source maps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { entriesOf, mayNeedBuild } from "../../static/editor/preview/compiler/entries.js";
import { join, resolveImport } from "../../static/editor/preview/compiler/resolve.js";
import { Budget, received } from "../../static/editor/preview/received.js";
import { questionOf } from "../../static/editor/preview/said.js";
import { originalPlace } from "../../static/editor/preview/source_map.js";
import { Trail } from "../../static/editor/preview/trail.js";

const PACKAGES = new Set(["react", "react-dom/client", "vue"]);
const message = (fields) => received({ webox: "preview", ...fields });

test("only known messages are taken, short and as text", () => {
  for (const data of [
    null,
    "x",
    1,
    [],
    {},
    { webox: "studio", type: "log" },
    { webox: "preview", type: "constructor" },
    { webox: "preview", type: "__proto__" },
  ]) {
    assert.equal(received(data), null);
  }
  const log = message({
    type: "log",
    level: "evil",
    text: "x".repeat(1e6),
    file: {},
    line: Number.NaN,
    column: -5,
  });
  assert.deepEqual([log.level, log.text.length, log.file, log.line, log.column], ["log", 8000, "", 0, 0]);
  assert.equal(message({ type: "log", text: { toString: () => "x" } }).text, "");
});

test("a page names paths of the project and nothing else", () => {
  const paths = {
    "a/b.html?x#y": "a/b.html?x#y",
    "/a": "a",
    "//evil": "evil",
    "https://evil/": "",
    "javascript:1": "",
    "../x": "",
    "a/../../x": "",
    "\\\\evil": "evil",
  };
  for (const [given, taken] of Object.entries(paths))
    assert.equal(message({ type: "where", path: given }).path, taken, given);
});

test("a page may ask to open the web and mail, no scripts", () => {
  assert.equal(message({ type: "outside", address: "https://a.example" }).address, "https://a.example");
  for (const address of ["javascript:1", "data:text/html,x", "blob:x", "file:///etc", " javascript:1", ""]) {
    assert.equal(message({ type: "outside", address }), null);
  }
});

test("too many messages are dropped, far too many end the page", () => {
  const budget = new Budget({ shown: 2, tolerated: 4 });
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => budget.take(100)),
    ["ok", "ok", "drop", "drop", "stop"],
  );
  assert.equal(budget.take(1200), "ok");
});

test("back and forward are the preview's own", () => {
  const trail = new Trail("a");
  trail.moved("b");
  trail.moved("c");
  assert.equal(trail.step(-1), "b");
  trail.moved("b");
  assert.equal(trail.canGoForward, true);
  trail.moved("d");
  assert.deepEqual(
    [trail.path, trail.canGoForward, trail.step(-1), trail.step(-1), trail.step(-1)],
    ["d", false, "b", "a", null],
  );
});

test("a page's words cannot leave their fence", () => {
  const t = (key) => key;
  const text = questionOf({ text: "a ```` b", file: "x`.js", line: 1, column: 2 }, t);
  assert.match(text, /\n`{5}\na ```` b\nx`\.js:1:2\n`{5}$/);
});

const files = (list) => new Map(Object.entries(list));
const has = (list) => ({ has: (path) => list.includes(path), packages: PACKAGES });

test("imports lead to files, packages, or nowhere", () => {
  const known = has(["src/App.tsx", "src/lib/index.ts", "public/logo.svg", "src/x.ts"]);
  assert.deepEqual(resolveImport("./App", "src/main.ts", known), { file: "src/App.tsx", query: "" });
  assert.deepEqual(resolveImport("./lib", "src/main.ts", known), { file: "src/lib/index.ts", query: "" });
  assert.deepEqual(resolveImport("./x.js?raw", "src/main.ts", known), { file: "src/x.ts", query: "?raw" });
  assert.deepEqual(resolveImport("@/App", "src/main.ts", known), { file: "src/App.tsx", query: "" });
  assert.deepEqual(resolveImport("/logo.svg", "src/main.ts", known), { file: "public/logo.svg", query: "" });
  assert.deepEqual(resolveImport("react", "src/main.ts", known), { package: "react" });
  assert.deepEqual(resolveImport("lodash", "src/main.ts", known), { package: "lodash", unknown: true });
  assert.deepEqual(resolveImport("../../../etc/passwd", "src/main.ts", known), {
    missing: "../../../etc/passwd",
  });
  assert.deepEqual(resolveImport("https://cdn.example/x.js", "src/main.ts", known), {
    outside: "https://cdn.example/x.js",
  });
  assert.equal(join("a/b.js", "../../x"), null);
});

test("only what a browser cannot run is compiled", () => {
  assert.equal(mayNeedBuild(["index.html", "a.js", "types.d.ts", "node_modules/x/a.tsx"]), false);
  assert.equal(mayNeedBuild(["index.html", "a.tsx"]), true);
  const plain = {
    "index.html": '<script type=module src="a.js"></script>',
    "a.js": "import './b.js'; import 'vue';",
    "b.js": "1",
  };
  assert.deepEqual(entriesOf(files(plain), PACKAGES), []);
  const typed = { ...plain, "b.js": "import './c.ts';", "c.ts": "1" };
  assert.deepEqual(entriesOf(files(typed), PACKAGES), ["c.ts"]);
  assert.deepEqual(entriesOf(files({ ...plain, "b.js": "import './c';", "c.ts": "1" }), PACKAGES), ["b.js"]);
  const commented = { "index.html": '<!-- <script type=module src="a.tsx"></script> -->', "a.tsx": "1" };
  assert.deepEqual(entriesOf(files(commented), PACKAGES), []);
  const inline = { "index.html": "<script type=module>import './a.jsx'</script>", "a.jsx": "1" };
  assert.deepEqual(entriesOf(files(inline), PACKAGES), ["a.jsx"]);
  const circle = {
    "index.html": '<script type=module src="a.js"></script>',
    "a.js": "import './b.js'",
    "b.js": "import './a.js'",
  };
  assert.deepEqual(entriesOf(files(circle), PACKAGES), []);
});

test("a compiled line leads to its source", () => {
  // line 1 → a.ts 1:1, line 2 → b.ts 3:5
  const map = { sources: ["a.ts", "b.ts"], mappings: "AAAA;ACEI" };
  assert.deepEqual(originalPlace(map, 1, 1), { file: "a.ts", line: 1, column: 1 });
  assert.deepEqual(originalPlace(map, 2, 1), { file: "b.ts", line: 3, column: 5 });
  assert.equal(originalPlace(map, 9, 1), null);
});
