// Compiles a project's scripts, in a worker of the studio's page: what hostile files say is only ever text here, and what
// comes out of it runs in the preview alone. The compiler is fetched when a page first needs it.
import { build, initialize } from "esbuild-wasm/esm/browser.js";
import { entriesOf } from "./entries.js";
import { projectPlugin, styleModule } from "./plugin.js";

const MADE = "webox-build";
const files = new Map();
let ready = null;

addEventListener("message", ({ data }) => {
  answer(data).then(
    (detail) => postMessage({ id: data.id, ...detail }),
    (error) =>
      postMessage({ id: data.id, entries: [], outputs: {}, maps: {}, errors: [{ text: String(error) }] }),
  );
});

async function answer({ changes, packages, root, wasm }) {
  take(changes);
  const known = new Set(packages);
  const entries = entriesOf(files, known);
  if (!entries.length) return { entries, outputs: {}, maps: {}, errors: [] };
  ready ??= initialize({ wasmURL: wasm, worker: false });
  await ready.catch((error) => {
    ready = null;
    throw error;
  });
  return { entries, ...(await compile(entries, known, root)) };
}

function take({ whole, files: given, gone }) {
  if (whole) files.clear();
  for (const path of gone) files.delete(path);
  for (const [path, text] of Object.entries(given)) files.set(path, text);
}

async function compile(entries, packages, root) {
  try {
    const made = await build(options(entries, packages, root));
    return { ...sorted(made, root), errors: [], warnings: made.warnings.map(problem) };
  } catch (error) {
    if (!error.errors) throw error;
    return { outputs: {}, maps: {}, errors: error.errors.map(problem) };
  }
}

function options(entries, packages, root) {
  return {
    entryPoints: entries.map((path) => ({ in: path, out: path.replace(/\.\w+$/, "") })),
    plugins: [projectPlugin({ files, packages, root, compileVue })],
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
  return (await import("./vue.js")).compileVue(path, text);
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
