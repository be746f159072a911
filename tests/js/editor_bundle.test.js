import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMIT } from "../../bin/first_paint.mjs";
import { measure } from "../../esbuild.config.mjs";

test("what the editor page fetches before anything lazy stays small", async () => {
  const bytes = await measure();
  assert.ok(bytes > 50 * 1024, "the entries were found");
  assert.ok(bytes <= LIMIT, `${Math.ceil(bytes / 1024)} KiB gzip`);
});
