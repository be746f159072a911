// Builds what pages in the preview are given: our script, and the packages that they may import, as ES modules that we
// serve ourselves. Names carry hashes; the manifest says which is which (projects/preview_runtime.py reads it).
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as esbuild from "esbuild";
import { buildShelf } from "./shelf.mjs";
import { Sweep } from "./sweep.mjs";

const OUT = "static/dist/runtime";
const COMPILER = "static/dist/compiler";
const require = createRequire(import.meta.url);

/** CommonJS: which names they export is only known by running them. */
const COMMON = ["react", "react/jsx-runtime", "react/jsx-dev-runtime", "react-dom", "react-dom/client"];
const MODULES = [
  "preact",
  "preact/hooks",
  "preact/compat",
  "preact/compat/client",
  "preact/jsx-runtime",
  "preact/jsx-dev-runtime",
  "lit",
  "lit/decorators.js",
  "lit/directive.js",
  "lit/async-directive.js",
  "lit/html.js",
  "lit/static-html.js",
  ...["class-map", "style-map", "repeat", "when", "map", "range", "join", "choose", "if-defined", "live"].map(
    (name) => `lit/directives/${name}.js`,
  ),
  ...["ref", "until", "cache", "guard", "keyed", "template-content", "unsafe-html", "unsafe-svg"].map(
    (name) => `lit/directives/${name}.js`,
  ),
];
/** With the compiler of templates: pages write them in HTML. */
const VUE = { vue: "vue/dist/vue.esm-bundler.js" };

/** Everything once; with `watch`, our own scripts again whenever they change. */
export async function buildPreview({ target, watch, production }) {
  for (const folder of [OUT, COMPILER]) mkdirSync(folder, { recursive: true });
  const wasm = `${COMPILER}/esbuild.wasm`;
  copyFileSync(require.resolve("esbuild-wasm/esbuild.wasm"), wasm);
  const sweep = new Sweep();
  const kept = (options) => ({ ...options, plugins: [...(options.plugins ?? []), sweep.plugin] });
  const imports = await packages(target, kept);
  const shelf = await buildShelf(common(target), { imports, out: OUT, entry: entryPlugin, kept });
  for (const options of [script(target, { imports, ...shelf }), compiler(target, production)].map(kept)) {
    if (watch) await (await esbuild.context(options)).watch();
    else await esbuild.build(options);
  }
  if (watch) return;
  const scripts = Object.values(shelf.globals).map((file) => `${OUT}/${file}`);
  sweep.keep(wasm, `${OUT}/manifest.json`, ...scripts);
  sweep.run(OUT, COMPILER);
}

/** The worker of the studio's page that compiles; Vue's part is fetched when a project has such files. */
function compiler(target, production) {
  return {
    entryPoints: [{ in: "static/editor/preview/compiler/worker.js", out: "worker" }],
    outdir: COMPILER,
    chunkNames: "parts/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: production,
    metafile: true,
    target,
    legalComments: "linked",
    logLevel: "warning",
  };
}

async function packages(target, kept) {
  const entries = [...COMMON, ...MODULES, ...Object.keys(VUE)];
  const options = {
    ...common(target),
    entryPoints: entries.map((name) => ({ in: `package:${name}`, out: name.replaceAll("/", "_") })),
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
    // React's warnings with its own words are what a person who builds a page needs.
    define: {
      "process.env.NODE_ENV": '"development"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    plugins: [entryPlugin()],
  };
  const { metafile } = await esbuild.build(kept(options));
  const made = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return Object.fromEntries(
    made.map(([file, output]) => [output.entryPoint.replace(/^.*package:/, ""), file.slice(OUT.length + 1)]),
  );
}

/** Our script, and the manifest of all: `{shim, imports, modules, globals}`. */
function script(target, shelf) {
  const manifest = {
    name: "manifest",
    setup(build) {
      build.onEnd(({ metafile }) => {
        const shim = Object.keys(metafile?.outputs ?? {})[0]?.slice(OUT.length + 1);
        if (shim) writeFileSync(`${OUT}/manifest.json`, `${JSON.stringify({ shim, ...shelf }, null, 1)}\n`);
      });
    },
  };
  return {
    ...common(target),
    entryPoints: [{ in: "static/preview/shim.js", out: "shim" }],
    format: "iife",
    plugins: [manifest],
  };
}

function common(target) {
  return {
    outdir: OUT,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    metafile: true,
    target,
    legalComments: "inline",
    logLevel: "warning",
  };
}

/** `package:react` → a module with React's own names; `held`: which package of ours that is, `run`: what it exports. */
function entryPlugin(held = (name) => VUE[name] ?? name, run = require) {
  return {
    name: "packages",
    setup(build) {
      build.onResolve({ filter: /^package:/ }, ({ path }) => ({ path, namespace: "entry" }));
      build.onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => ({
        contents: entry(path.slice("package:".length), held, run),
        resolveDir: process.cwd(),
      }));
    },
  };
}

function entry(name, held, run) {
  const source = JSON.stringify(held(name));
  if (COMMON.includes(name)) {
    process.env.NODE_ENV = "development";
    const names = Object.keys(run(held(name))).filter(
      (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== "default",
    );
    return `import all from ${source};\nexport default all;\nexport const { ${names.join(", ")} } = all;\n`;
  }
  const again = `export * from ${source};\n`;
  return name === "preact/compat" ? `${again}export { default } from ${source};\n` : again;
}
