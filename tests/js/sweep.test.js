import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { Sweep } from "../../static/preview/sweep.mjs";

test("what a build has made stays, what an earlier one has left goes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sweep-"));
  mkdirSync(join(folder, "deep"));
  for (const name of ["left.js", "deep/left.js", "copied.wasm"]) writeFileSync(join(folder, name), "");
  const sweep = new Sweep();
  const stdin = { contents: "export default 1;" };
  await esbuild.build({
    stdin,
    outfile: join(folder, "made.js"),
    sourcemap: true,
    metafile: true,
    plugins: [sweep.plugin],
  });
  sweep.keep(join(folder, "copied.wasm"));
  sweep.run(folder, join(folder, "nowhere"));
  const left = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((one) => one.isFile());
  assert.deepEqual(left.map(({ name }) => name).sort(), ["copied.wasm", "made.js", "made.js.map"]);
  rmSync(folder, { recursive: true });
});
