// When the preview is compiled, loaded, or given a style sheet: the loader and the builder as they are, Sass and Babel
// too, with a server and a frame that write down what they are told.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Loader } from "../../static/editor/preview/loader.js";

const hears = new Set();
let compiled = null; // in place of what the compiler would answer

class FakeWorker extends EventTarget {
  async postMessage(data) {
    const answer = compiled?.(data) ?? (await new Promise((resolve) => ask(data, resolve)));
    this.dispatchEvent(new MessageEvent("message", { data: { ...answer, id: data.id } }));
  }

  terminate() {}
}

let ask = null;

before(async () => {
  const waiting = new Map();
  let last = 0;
  await import("../../static/editor/preview/compiler/sass.js"); // before a "browser" is there
  globalThis.Worker = FakeWorker;
  globalThis.location = { href: "http://studio.test/" };
  globalThis.document = { getElementById: () => ({ textContent: '{"workers": {"preview": "/w.js"}}' }) };
  globalThis.addEventListener = (_, hear) => hears.add(hear);
  globalThis.postMessage = ({ id, ...answer }) => waiting.get(id)(answer);
  await import("../../static/editor/preview/compiler/worker.js");
  ask = (data, resolve) => {
    waiting.set(++last, resolve);
    for (const hear of hears) hear({ data: { ...data, id: last } });
  };
});

/** A studio with these files: `put` saves some more, and waits until the preview has taken them in. */
function studio(files) {
  const there = new Map(Object.entries(files));
  const log = [];
  let revision = 1;
  let unsent = Object.keys(files);
  let whole = true;
  let outputs = {};
  const sources = () => {
    const given = unsent.filter((path) => there.has(path)).map((path) => [path, there.get(path)]);
    const gone = unsent.filter((path) => !there.has(path));
    const answer = { whole, files: Object.fromEntries(given), gone, revision };
    unsent = [];
    whole = false;
    return answer;
  };
  const preview = { url: "http://preview.test/p/", token: "t", seconds: 0 };
  const api = {
    get: async (name) => (name === "preview" ? preview : sources()),
    put: async (_, data) => {
      outputs = data.outputs;
    },
  };
  const frame = {
    runs: false,
    load(_, path) {
      this.runs = true;
      log.push(`load ${path}`);
    },
    reload: () => log.push("reload"),
    restyle: (paths) => log.push(`restyle ${paths}`),
  };
  const tell = {
    fresh() {},
    building() {},
    built: (made) => log.push(...made.errors.map(() => "error")),
  };
  tell.failed = (error) => log.push(`failed ${error}`);
  const tree = { paths: () => [...there.keys()] };
  const loader = new Loader({ api, given: { preview: { packages: [], wasm: "" } }, tree }, frame, tell);
  const told = async (work) => {
    log.length = 0;
    await work();
    return [...log];
  };
  return {
    outputs: () => outputs,
    show: () => told(() => loader.show(() => "index.html")),
    put: (changes) =>
      told(async () => {
        for (const [path, text] of Object.entries(changes)) {
          if (text === null) there.delete(path);
          else there.set(path, text);
        }
        unsent = Object.keys(changes);
        loader.changed(++revision, Object.keys(changes), true);
        await settled(loader);
      }),
  };
}

/** What was begun is done: the loader's own queue, behind which this waits. */
async function settled(loader) {
  const { mode } = loader;
  const shown = loader.show(() => "");
  loader.mode = { ...mode }; // … and shows nothing
  await shown;
  loader.mode = mode;
}

const page = (...sheets) =>
  `${sheets.map((href) => `<link rel="stylesheet" href="${href}">`).join("")}<h1>x</h1>`;

test("one sheet and one Babel script that are broken take no page away", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const world = studio({
    "index.html": page("good.scss", "bad.scss"),
    "other.html": '<script type="text/babel">const a = <b;</script>',
    "good.scss": "a { b { color: red } }",
    "bad.scss": '@import "~bootstrap/scss/bootstrap";',
  });
  assert.deepEqual(await world.show(), ["error", "error", "load index.html"]);
  assert.deepEqual(Object.keys(world.outputs()), ["good.scss"]);
  assert.deepEqual(await world.put({ "good.scss": "a { color: ; }" }), ["error", "error", "error"]);
  assert.match(world.outputs()["good.scss"], /red/, "what was there stays");
  const mended = await world.put({ "good.scss": "a { color: blue }" });
  assert.deepEqual(mended, ["error", "error", "restyle good.scss"]);
  assert.match(world.outputs()["good.scss"], /blue/);
});

test("a page that changed while nothing could be compiled is loaded once it can be", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => {
    compiled = null;
  });
  const made = {
    entries: 1,
    outputs: { "a.scss": "a{}" },
    maps: {},
    warnings: [],
    failed: [],
    read: [],
    errors: [],
  };
  const world = studio({ "index.html": "<h1>x</h1>", "main.ts": "", "a.scss": "" });
  compiled = () => ({ ...made, blocked: true, errors: [{ text: "no" }] });
  assert.deepEqual(await world.show(), ["error"]);
  compiled = () => made;
  assert.deepEqual(await world.put({ "a.scss": "a {}" }), ["load index.html"], "what was asked for first");
  compiled = () => ({ ...made, blocked: true, errors: [{ text: "no" }] });
  assert.deepEqual(await world.put({ "index.html": "<h1>y</h1>" }), ["error"]);
  compiled = () => made;
  assert.deepEqual(await world.put({ "a.scss": "b {}" }), ["reload"]);
  assert.deepEqual(await world.put({ "a.scss": "c {}" }), []);
});

test("a style sheet that Sass took in, or that stands before one of Sass, is compiled", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const world = studio({
    "index.html": page("css/a.css", "plain.css"),
    "scss/a.scss": '@use "reset";',
    "scss/reset.css": "p { color: red }",
    "plain.css": "q { color: red }",
  });
  assert.deepEqual(await world.show(), ["load index.html"]);
  assert.match(world.outputs()["css/a.css"], /red/);
  assert.deepEqual(await world.put({ "plain.css": "q { color: blue }" }), ["restyle plain.css"]);
  const inlined = await world.put({ "scss/reset.css": "p { color: blue }" });
  assert.deepEqual(inlined, ["restyle scss/reset.css,css/a.css"]);
  assert.match(world.outputs()["css/a.css"], /blue/);
  assert.deepEqual(await world.put({ "scss/reset.css": "p { color" }), ["error", "restyle scss/reset.css"]);
  await world.put({ "scss/reset.css": "p { color: green }" });
  assert.match(world.outputs()["css/a.css"], /green/, "mended where the mistake was");
  assert.deepEqual(await world.put({ "css/a.css": "own {}" }), ["restyle css/a.css"]);
  assert.deepEqual(world.outputs(), {}, "the project's own is served");
  await world.put({ "css/a.css": null });
  assert.match(world.outputs()["css/a.css"], /green/);
});
