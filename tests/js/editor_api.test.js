import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Api, filePath } from "../../static/editor/api.js";

const csrf = { cookie: "csrftoken", header: "X-CSRFToken", token: "from-the-page" };
let asked;

beforeEach(() => {
  globalThis.document = { cookie: "" };
  asked = [];
});

function answering(status, body) {
  globalThis.fetch = async (url, request) => {
    asked.push({ url, ...request });
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  };
}

const api = () => new Api("/api/projects/7/", csrf);

test("a write says which version it replaces, and that it comes from this page", async () => {
  answering(200, { digest: "new" });
  const answer = await api().put(filePath("a b/é#.css"), { text: "x" }, { etag: "old" });
  assert.deepEqual(answer, { digest: "new" });
  const [{ url, method, headers, body }] = asked;
  assert.equal(url, "/api/projects/7/files/a%20b/%C3%A9%23.css");
  assert.equal(method, "PUT");
  assert.equal(headers["If-Match"], '"old"');
  assert.equal(headers["X-CSRFToken"], "from-the-page");
  assert.equal(body, '{"text":"x"}');
});

test("the cookie's token is fresher than the page's", async () => {
  globalThis.document = { cookie: "a=b; csrftoken=fresh" };
  answering(200, {});
  await api().post("move", {});
  assert.equal(asked[0].headers["X-CSRFToken"], "fresh");
});

test("a refusal carries the server's code and all that it says", async () => {
  answering(412, { success: false, error: { code: "stale", message: "Trop tard.", merge: { text: "m" } } });
  await assert.rejects(api().put("files/a", { text: "" }), (error) => {
    assert.equal(error.code, "stale");
    assert.equal(error.status, 412);
    assert.equal(error.message, "Trop tard.");
    assert.deepEqual(error.body.merge, { text: "m" });
    return !error.isPassing;
  });
});

test("a proxy's page, an answer that is no JSON and a dead line are errors that may pass", async () => {
  answering(502, "<h1>Bad gateway</h1>");
  await assert.rejects(api().get("files"), { code: "http_502", isPassing: true });
  answering(200, "<h1>Hello</h1>");
  await assert.rejects(api().get("files"), { code: "bad_response", isPassing: true });
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(api().get("files"), { code: "network", status: 0, isPassing: true });
});

test("what is not given is not asked for", () => {
  assert.equal(
    api().url("search", { q: "a&b", include: "", limit: 5, exclude: null }),
    "/api/projects/7/search?q=a%26b&limit=5",
  );
});

test("a path that an address would fold into another one is none", () => {
  for (const path of ["../commit", "a/../../b", "./a", "a//b", "/a", ""]) {
    assert.throws(() => filePath(path), { code: "bad_path" });
  }
  assert.equal(filePath("a..b/.c"), "files/a..b/.c");
});
