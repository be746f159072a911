// Two bundles: the chat panel stays inside the reusable `chat` app, the editor page belongs to the site.
import * as esbuild from "esbuild";
import { firstPaint, LIMIT } from "./bin/first_paint.mjs";
import { buildPreview } from "./static/preview/build.mjs";
import { Sweep } from "./static/preview/sweep.mjs";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

const shared = {
  bundle: true,
  format: "esm",
  target: ["es2022", "safari17.4"],
  // What is imported by `import()` becomes a part of its own, fetched when it is first needed.
  splitting: true,
  chunkNames: "parts/[name]-[hash]",
  minify: production,
  sourcemap: "linked",
  legalComments: "linked",
  metafile: true,
  // The plugin for templates sets this for its own tests; a browser has no `process`.
  define: { "process.env.PRETTIER_DEBUG": "globalThis.templatePluginDebug" },
};

export const bundles = [
  {
    ...shared,
    entryPoints: ["chat/static/chat/index.js", "chat/static/chat/chat.css"].map((file) => ({
      in: file,
      out: "chat",
    })),
    outdir: "chat/static/chat/dist",
  },
  {
    ...shared,
    entryPoints: [
      { in: "static/editor/main.js", out: "editor" },
      { in: "static/editor/preview/page.js", out: "preview" },
      { in: "static/editor/workers/format.js", out: "format" },
      { in: "static/editor/workers/lint.js", out: "lint" },
    ],
    outdir: "static/dist",
  },
];

/** The scripts that the editor page asks for itself. */
const FIRST = ["dist/chat.js", "dist/editor.js"];

/** A production build in memory: the bytes, gzipped, that the editor page fetches before anything lazy. */
export async function measure() {
  const built = bundles.map((bundle) =>
    esbuild.build({ ...bundle, minify: true, sourcemap: false, write: false }),
  );
  return (await Promise.all(built)).reduce((sum, result) => sum + firstPaint(result, FIRST), 0);
}

async function build() {
  await buildPreview({ target: shared.target, production, watch });
  if (watch) return watchAll();
  // Parts of earlier builds have other names and would stay for ever.
  const sweep = new Sweep();
  const options = { logLevel: "warning", plugins: [sweep.plugin] };
  await Promise.all(bundles.map((bundle) => esbuild.build({ ...bundle, ...options })));
  sweep.run(...bundles.map(({ outdir }) => `${outdir}/parts`));
  if (!production) return;
  const bytes = await measure();
  console.log(`First paint: ${Math.ceil(bytes / 1024)} KiB gzip of ${LIMIT / 1024}`);
}

async function watchAll() {
  // Whoever started us holds the other end of stdin: when they go, so do we.
  process.stdin.on("end", () => process.exit()).resume();
  for (const bundle of bundles) await (await esbuild.context({ ...bundle, logLevel: "info" })).watch();
}

if (import.meta.main ?? process.argv[1]?.endsWith("esbuild.config.mjs")) {
  await build().catch(() => process.exit(1)); // esbuild has said why
}
