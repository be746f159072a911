// Compiles a project's scripts, in a worker of the studio's page: what hostile files say is only ever text here, and what
// comes out of it runs in the preview alone. Each compiler is fetched when a page first needs it.
import { build, initialize } from "esbuild-wasm/esm/browser.js";
import { entriesForBabel } from "./babel_entries.js";
import { entriesOf } from "./entries.js";
import { projectPlugin, styleModule } from "./plugin.js";
import { entriesForSass } from "./sass_entries.js";

const MADE = "webox-build";
const files = new Map();
/** What Sass read for this build: a change of it changes what is compiled, whatever its name ends with. */
const read = new Set();
let ready = null;

addEventListener("message", ({ data }) => {
  answer(data).then(
    (detail) => postMessage({ id: data.id, ...detail }),
    (error) => postMessage({ id: data.id, ...nothing(), blocked: true, errors: [{ text: String(error) }] }),
  );
});

/**
 * `entries`: how many there are to compile. `failed`: outputs that could not be made; the page runs without one of them.
 * `blocked`: no script of the bundle could be, and there is no page to show. `read`: what Sass read.
 */
function nothing() {
  return {
    entries: 0,
    outputs: {},
    maps: {},
    errors: [],
    warnings: [],
    failed: [],
    blocked: false,
    read: [],
  };
}

async function answer({ changes, packages, root, wasm }) {
  take(changes);
  read.clear();
  const known = new Set(packages);
  const scripts = entriesOf(files, known);
  const babel = entriesForBabel(files);
  const sheets = entriesForSass(files);
  const made = nothing();
  made.entries = scripts.length + babel.length + sheets.size;
  if (scripts.length) {
    await start(wasm);
    add(made, await compile(scripts, { packages: known, root, sheets }));
  }
  if (babel.length) add(made, await compileForBabel(babel));
  if (sheets.size) add(made, await compileSheets(sheets));
  return { ...made, read: [...read] };
}

function add(made, { outputs = {}, maps = {}, errors = [], warnings = [], failed = [], blocked = false }) {
  Object.assign(made.outputs, outputs);
  Object.assign(made.maps, maps);
  made.errors.push(...errors);
  made.warnings.push(...warnings);
  made.failed.push(...failed);
  made.blocked ||= blocked;
}

async function start(wasm) {
  ready ??= initialize({ wasmURL: wasm, worker: false });
  await ready.catch((error) => {
    ready = null;
    throw error;
  });
}

function take({ whole, files: given, gone }) {
  if (whole) files.clear();
  for (const path of gone) files.delete(path);
  for (const [path, text] of Object.entries(given)) files.set(path, text);
}

async function compile(entries, { packages, root, sheets }) {
  const wantSheet = (path) => sheets.set(path, path);
  try {
    const made = await build(options(entries, { packages, root, wantSheet }));
    return sorted(made, root);
  } catch (error) {
    if (!error.errors) throw error;
    return { errors: error.errors.map(problem), blocked: true };
  }
}

async function compileForBabel(entries) {
  const { compileScript } = await import("./babel.js");
  const found = { outputs: {}, maps: {}, errors: [], failed: [] };
  for (const entry of entries) {
    const { code, map, error } = compileScript(entry);
    if (error) {
      found.errors.push(error);
      found.failed.push(entry.output);
    } else [found.outputs[entry.output], found.maps[entry.output]] = [code, map];
  }
  return found;
}

/** One source may stand at two places; what it says is said once. */
async function compileSheets(sheets) {
  const found = { outputs: {}, errors: [], warnings: [], failed: [] };
  const made = new Map();
  for (const [output, source] of sheets) {
    if (!made.has(source)) made.set(source, await compileSass(source, files.get(source) ?? ""));
    const { css, error } = made.get(source);
    if (error) found.failed.push(output);
    else found.outputs[output] = css;
  }
  for (const { error, warnings = [] } of made.values()) {
    if (error) found.errors.push(error);
    found.warnings.push(...warnings);
  }
  return found;
}

function options(entries, { packages, root, wantSheet }) {
  return {
    entryPoints: entries.map((path) => ({ in: path, out: path.replace(/\.\w+$/, "") })),
    plugins: [projectPlugin({ files, packages, root, wantSheet, compileVue, compileSass })],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: "/",
    write: false,
    metafile: true,
    sourcemap: "external",
    sourcesContent: false,
    chunkNames: `${MADE}/[name]-[hash]`,
    jsx: "automatic",
    jsxImportSource: jsxSource(),
    tsconfigRaw: { compilerOptions: typescript() },
    define: {
      "process.env.NODE_ENV": '"development"',
      "process.env.PUBLIC_URL": JSON.stringify(root.replace(/\/$/, "")),
      "import.meta.env": JSON.stringify({
        MODE: "development",
        DEV: true,
        PROD: false,
        SSR: false,
        BASE_URL: root,
      }),
      "import.meta.hot": "undefined",
    },
    logLevel: "silent",
    logLimit: 30,
  };
}

async function compileVue(path, text) {
  return (await import("./vue.js")).compileVue(path, text, compileSass);
}

async function compileSass(path, text, syntax) {
  const made = (await import("./sass.js")).compileSass(path, text, files, syntax);
  for (const one of made.read ?? []) read.add(one);
  return made;
}

/** React, unless the project says Preact. */
function jsxSource() {
  const named = typescript().jsxImportSource;
  if (named) return named;
  const { dependencies = {}, devDependencies = {} } = json("package.json");
  const all = { ...devDependencies, ...dependencies };
  return all.preact && !all.react ? "preact" : "react";
}

/** What of the project's tsconfig.json changes the code. */
function typescript() {
  const given = json("tsconfig.json").compilerOptions ?? {};
  const names = ["jsxImportSource", "experimentalDecorators", "useDefineForClassFields"];
  return Object.fromEntries(names.filter((name) => name in given).map((name) => [name, given[name]]));
}

/** tsconfig.json may have comments and commas too many. */
function json(path) {
  const text = files.get(path) ?? "";
  const plain = text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1")
    .replace(/,(\s*[}\]])/g, "$1");
  try {
    const found = JSON.parse(plain);
    return found !== null && typeof found === "object" ? found : {};
  } catch {
    return {};
  }
}

/** Each compiled script at the path of its source; parts and style sheets below a folder of their own. */
function sorted({ outputFiles, metafile }, root) {
  const names = new Map();
  const styles = new Map();
  for (const [name, output] of Object.entries(metafile.outputs)) {
    const entry = output.entryPoint?.replace(/^project:/, "");
    if (entry && !name.endsWith(".css")) names.set(`/${name}`, entry);
    if (entry && output.cssBundle) styles.set(entry, output.cssBundle);
  }
  const outputs = {};
  const maps = {};
  for (const { path, text } of outputFiles) {
    const name = path.replace(/\.map$/, "");
    const target = names.get(name) ?? name.slice(1);
    if (path.endsWith(".map")) maps[target] = mapOf(text);
    else outputs[target] = text;
  }
  for (const [entry, style] of styles) {
    const address = JSON.stringify(`${root}${style.replace(/^\//, "")}`);
    outputs[entry] = `${styleModule(address).replaceAll("\n", " ")}${outputs[entry]}`;
  }
  return { outputs, maps };
}

function mapOf(text) {
  const { mappings, sources } = JSON.parse(text);
  return { mappings, sources: sources.map((source) => source.replace(/^.*?project:/, "")) };
}

function problem({ text, location, detail }) {
  const file = location?.file?.replace(/^project:/, "") ?? "";
  return {
    text: text.slice(0, 2000),
    file,
    line: location?.line ?? 0,
    column: location?.column ?? 0,
    detail: detail ?? null,
  };
}
