// The chat's own way to the server: what every request carries.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../../chat/static/chat/api.js";

globalThis.document = { cookie: "csrftoken=fresh" };
const csrf = { cookie: "csrftoken", header: "X-CSRFToken", token: "stale" };

/** The requests that a call makes, answered with events or with JSON as they ask. */
async function requestsOf(call) {
  const made = [];
  globalThis.fetch = async (url, request) => {
    made.push({ url, ...request });
    return new Response("{}", { headers: { "Content-Type": request.headers.Accept } });
  };
  await call(new Api("/api/chat/", csrf, "fr"));
  return made;
}

test("the server is asked for the language of the page, in streams too", async () => {
  const calls = [
    (api) => api.models(1),
    (api) => api.stop(1),
    (api) => api.send({ content: "?" }),
    (api) => api.events(1, 0),
  ];
  for (const call of calls) {
    const [request] = await requestsOf(call);
    assert.equal(request.headers["Accept-Language"], "fr");
  }
});
