// The preview's modules that touch no page: messages, places, entries, imports, source maps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileScript } from "../../static/editor/preview/compiler/babel.js";
import { entriesForBabel } from "../../static/editor/preview/compiler/babel_entries.js";
import { entriesOf, mayNeedBuild } from "../../static/editor/preview/compiler/entries.js";
import { join, resolveImport } from "../../static/editor/preview/compiler/resolve.js";
import { entriesForSass } from "../../static/editor/preview/compiler/sass_entries.js";
import { Budget, received } from "../../static/editor/preview/received.js";
import { entryOf, questionOf } from "../../static/editor/preview/said.js";
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

test("scripts for Babel are found where they stand, and compiled as the page asks", () => {
  const page =
    '<!doctype html>\n<!-- <script type="text/babel">no</script> -->\n<p></p><script type="text/babel">\nconst A = () => <b/>;\nconst A2 = 1;</script>';
  const given = files({
    "a/index.html": `${page}<script type='text/jsx' data-presets="react,typescript" src="../b.tsx?x"></script>`,
    "b.tsx": "let n: number = 1; f(<b/>);",
    "c.html": '<script type="text/babel" src="https://else.where/x.js"></script>',
  });
  const [inline, named, ...rest] = entriesForBabel(given);
  assert.deepEqual([inline.file, inline.line, inline.column, rest], ["a/index.html", 3, 33, []]);
  assert.match(inline.output, /^a\/webox-babel-[0-9a-f]{16}\.js$/);
  assert.equal(named.file, "b.tsx");
  const { code, map } = compileScript(inline);
  assert.match(code, /var A = .*React\.createElement\("b"/s);
  const line = code.split("\n").findIndex((text) => text.includes("A2")) + 1;
  assert.deepEqual(originalPlace(map, line, 1), { file: "a/index.html", line: 5, column: 1 });
  assert.doesNotMatch(compileScript(named).code, /number/);
  const { error } = compileScript({ ...inline, text: "\nlet a = ;" });
  assert.deepEqual([error.file, error.line, error.text.includes("\n")], ["a/index.html", 4, false]);
  const wrong = compileScript({ ...inline, presets: ["__proto__", "nothing"], plugins: ["constructor"] });
  assert.ok(wrong.error || wrong.code);
});

test("style sheets are Sass where a page names one, or one of that name has no CSS", () => {
  const given = files({
    "index.html":
      '<link rel=stylesheet href="css/a.css"><link href="/look.scss" rel="stylesheet"><!-- <link rel=stylesheet href=no.scss> --><link rel="icon" href="b.scss"><link rel=stylesheet href="https://x/y.scss">',
    "p/q.html": '<link rel="stylesheet" href="../css/there.css"><link rel="stylesheet" href="own.min.css">',
    "css/there.css": "",
    "scss/there.scss": "",
    "scss/a.scss": "",
    "look.scss": "",
    "b.scss": "",
    "no.scss": "",
    "p/own.sass": "",
  });
  assert.deepEqual(
    [...entriesForSass(given)],
    [
      ["css/a.css", "scss/a.scss"],
      ["look.scss", "look.scss"],
      ["p/own.min.css", "p/own.sass"],
    ],
  );
  assert.equal(mayNeedBuild(["a.css", "b.scss"]), true);
});

test("what was blocked says what to do", () => {
  const t = (key, values) => `${key} ${values?.ours ?? ""}`;
  const said = (directive, address) =>
    entryOf(
      { type: "blocked", directive, address },
      { place: (one) => one, shelf: ["react@18", "react@19", "vue@3"] },
      t,
    );
  assert.deepEqual(said("script-src-elem", "https://unpkg.com/react@16/umd/react.js"), {
    type: "blocked",
    directive: "script-src-elem",
    address: "https://unpkg.com/react@16/umd/react.js",
    level: "error",
    text: "preview.blocked.version react@18, react@19",
  });
  assert.match(
    said("style-src-elem", "https://cdn.jsdelivr.net/npm/bootstrap@5/a.css").text,
    /^preview.blocked.code/,
  );
  assert.match(said("connect-src", "https://api.example/").text, /^preview.blocked.server/);
  assert.equal(said("img-src", "https://a.example/a.png").level, "warn");
  assert.match(said("frame-src", "https://a.example/").text, /^preview.blocked.other/);
});
