import assert from "node:assert/strict";
import { test } from "node:test";
import { lineNumbers } from "../../static/editor/file_view.js";
import { fetchText } from "../../static/editor/files_api.js";

test("every line has a number, and the last line break begins none", () => {
  assert.equal(lineNumbers("a\nb\n"), "1\n2");
  assert.equal(lineNumbers("a\nb"), "1\n2");
  assert.equal(lineNumbers("\n\n"), "1\n2");
  assert.equal(lineNumbers(""), "");
});

function answering(response) {
  globalThis.fetch = async () => response;
}

test("a file's text comes as the server gives it", async () => {
  answering({ ok: true, redirected: false, json: async () => ({ path: "a", content: "b" }) });
  assert.deepEqual(await fetchText("/a"), { path: "a", content: "b" });
});

test("an error, or the login page in its place, is not a file", async () => {
  answering({ ok: false, status: 404 });
  await assert.rejects(fetchText("/a"));
  answering({ ok: true, redirected: true, json: async () => ({}) });
  await assert.rejects(fetchText("/a"));
});
