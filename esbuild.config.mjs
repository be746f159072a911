// Two bundles: the chat panel stays inside the reusable `chat` app, the editor page belongs to the site.
import { existsSync } from "node:fs";
import * as esbuild from "esbuild";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");

const bundles = [
  { in: "chat/static/chat/index.js", out: "chat/static/chat/dist/chat" },
  { in: "chat/static/chat/chat.css", out: "chat/static/chat/dist/chat" },
  { in: "static/editor/main.js", out: "static/dist/editor" },
].filter((bundle) => existsSync(bundle.in));

const options = {
  entryPoints: bundles,
  outdir: ".",
  bundle: true,
  format: "esm",
  target: ["es2022", "safari17.4"],
  minify: production,
  sourcemap: "linked",
  legalComments: "linked",
  logLevel: "info",
};

if (watch) {
  // Whoever started us holds the other end of stdin: when they go, so do we.
  process.stdin.on("end", () => process.exit()).resume();
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options).catch(() => process.exit(1)); // esbuild has said why
}
