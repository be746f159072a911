// What pages ask a CDN for and we have ourselves, by name and major version: modules, and scripts that set a global
// name. projects/preview_cdn.py puts ours in the place of the address.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as esbuild from "esbuild";

/** The last React that has files for `<script>`: most pages that use it so name this one. */
const OLDER = {
  react: { major: 18, package: "react-18" },
  "react-dom": { major: 18, package: "react-dom-18" },
};
const OLDER_MODULES = [
  "react",
  "react/jsx-runtime",
  "react/jsx-dev-runtime",
  "react-dom",
  "react-dom/client",
];
const ALIAS = Object.fromEntries(Object.entries(OLDER).map(([name, { package: held }]) => [name, held]));
const require = createRequire(import.meta.url);
/** The development builds, whichever was asked for: their words are what a person who builds a page needs. */
const GLOBALS = {
  "react@18": "react-18/umd/react.development.js",
  "react-dom@18": "react-dom-18/umd/react-dom.development.js",
  "vue@3": "vue/dist/vue.global.js",
};
/** The studio compiles in its place (`babel.js`): three megabytes less for each load of the page. */
const NO_BABEL = `(() => {
  const say = () => { throw new Error("Babel: the preview compiles <script type=text/babel> itself; its API is not here"); };
  globalThis.Babel = { version: "7", transform: say, transformScriptTags() {}, registerPlugin: say, registerPreset: say };
})();
`;

/** `{modules, globals}`: `react@18/jsx-runtime` → a file's name. `imports` are the modules that are built already; `kept(options)`
 * notes what a build writes. */
export async function buildShelf(options, { imports, out, entry, kept }) {
  const own = Object.entries(imports).map(([name, file]) => [
    versioned(name, majorOf(packageOf(name))),
    file,
  ]);
  return {
    modules: { ...Object.fromEntries(own), ...(await olderModules(options, { out, entry, kept })) },
    globals: await globals(options, out),
  };
}

async function olderModules(options, { out, entry, kept }) {
  const modules = {
    ...options,
    entryPoints: OLDER_MODULES.map((name) => ({
      in: `package:${name}`,
      out: `18_${name.replaceAll("/", "_")}`,
    })),
    format: "esm",
    splitting: true,
    chunkNames: "18_[name]-[hash]",
    define: { "process.env.NODE_ENV": '"development"' },
    alias: ALIAS,
    plugins: [entry((name) => name.replace(/^react(-dom)?/, (found) => OLDER[found].package), run)],
  };
  const { metafile } = await esbuild.build(kept(modules));
  const made = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return Object.fromEntries(
    made.map(([file, { entryPoint }]) => {
      const name = entryPoint.replace(/^.*package:/, "");
      return [versioned(name, OLDER[packageOf(name)].major), file.slice(out.length + 1)];
    }),
  );
}

/** What a package exports, with its own major's React: Node by itself would give it the other one. */
function run(name) {
  const options = { bundle: true, write: false, format: "cjs", platform: "node", alias: ALIAS };
  const stdin = { contents: `module.exports = require(${JSON.stringify(name)})`, resolveDir: process.cwd() };
  const { outputFiles } = esbuild.buildSync({ ...options, stdin });
  const module = { exports: {} };
  new Function("module", "require", outputFiles[0].text)(module, require);
  return module.exports;
}

/** As they are, but for white space: a `const` at their top must stay the page's. */
async function globals({ target }, out) {
  const made = { "@babel/standalone@7": keep(out, "babel_standalone", NO_BABEL) };
  for (const [name, file] of Object.entries(GLOBALS)) {
    const text = readFileSync(`node_modules/${file}`, "utf8");
    const { code } = await esbuild.transform(text, {
      minifyWhitespace: true,
      target,
      legalComments: "inline",
    });
    made[name] = keep(out, name.replace("@", "_"), code);
  }
  return made;
}

function keep(out, name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const file = `${name}-${hash}.js`;
  writeFileSync(`${out}/${file}`, text);
  return file;
}

/** `react-dom/client`, 18 → `react-dom@18/client`. */
function versioned(name, major) {
  const own = packageOf(name);
  return `${own}@${major}${name.slice(own.length)}`;
}

function packageOf(name) {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

function majorOf(name) {
  return Number.parseInt(JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version, 10);
}
