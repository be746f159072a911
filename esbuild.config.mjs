// Two bundles: the chat panel stays inside the reusable `chat` app, the editor page belongs to the site.
import { existsSync, rmSync } from "node:fs";
import * as esbuild from "esbuild";
import { buildPreview } from "./static/preview/build.mjs";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

const shared = {
  outdir: ".",
  bundle: true,
  format: "esm",
  target: ["es2022", "safari17.4"],
  minify: production,
  sourcemap: "linked",
  legalComments: "linked",
  logLevel: "info",
};

// What is imported by `import()` becomes a part of its own, fetched when it is first needed.
const bundles = [
  {
    ...shared,
    entryPoints: ["chat/static/chat/index.js", "chat/static/chat/chat.css"].map((file) => ({
      in: file,
      out: "chat",
    })),
    outdir: "chat/static/chat/dist",
    splitting: true,
    chunkNames: "parts/[name]-[hash]",
  },
  {
    ...shared,
    entryPoints: [
      { in: "static/editor/main.js", out: "editor" },
      { in: "static/editor/preview/page.js", out: "preview" },
    ],
    outdir: "static/dist",
    splitting: true,
    chunkNames: "parts/[name]-[hash]",
  },
].filter((bundle) => bundle.entryPoints.every((entry) => existsSync(entry.in)));

await buildPreview({ target: shared.target, production, watch }).catch(() => process.exit(1));

// Parts of earlier builds have other names and would stay for ever.
for (const { outdir } of bundles) rmSync(`${outdir}/parts`, { recursive: true, force: true });

if (watch) {
  // Whoever started us holds the other end of stdin: when they go, so do we.
  process.stdin.on("end", () => process.exit()).resume();
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
} else {
  // esbuild has said why
  await Promise.all(bundles.map((bundle) => esbuild.build(bundle))).catch(() => process.exit(1));
}
