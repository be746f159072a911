import assert from "node:assert/strict";
import { test } from "node:test";
import { delayBefore, pause } from "../../chat/static/chat/backoff.js";
import { EventStream } from "../../chat/static/chat/event_stream.js";

const TEXT = "Voici une réponse 👩‍💻 assez longue pour être coupée partout, é à ü.";

/** The log of a turn: one event per character, and the end. */
const LOG = [...TEXT].map((text, index) => [index + 1, "text.delta", { text }]);
LOG.push([LOG.length + 1, "turn.completed", { metadata: {} }]);

const frame = ([seq, type, data]) =>
  `: ping\n\nid: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/** A response whose body gives `pieces` and then ends, or fails where a piece is an error. */
function response(pieces) {
  const queue = [...pieces];
  const body = new ReadableStream({
    pull(controller) {
      const piece = queue.shift();
      if (piece === undefined) controller.close();
      else if (piece instanceof Error) controller.error(piece);
      else if (piece !== "hang") controller.enqueue(piece);
      else return new Promise(() => {});
    },
  });
  return { body };
}

const bytes = (events) => new TextEncoder().encode(events.map(frame).join(""));

/** Serves the log after `after`, but only `count` bytes of it per connection. */
function server(count) {
  const asked = [];
  const open = async (after) => {
    asked.push(after);
    const all = bytes(LOG.filter(([seq]) => seq > after));
    return response([all.subarray(0, count)]);
  };
  return { asked, open };
}

async function followed(options, signal = new AbortController().signal) {
  const events = [];
  const stream = new EventStream({
    wait: async () => {},
    onEvents: (batch) => events.push(...batch),
    ...options,
  });
  await stream.follow(signal);
  return events;
}

const text = (events) =>
  events
    .filter(([, type]) => type === "text.delta")
    .map(([, , { text: piece }]) => piece)
    .join("");

test("cut after any number of bytes, no word comes twice and none is missing", async () => {
  for (const count of [60, 97, 211, 1000, 3000, 100_000]) {
    const { open } = server(count);
    const events = await followed({ open });
    assert.equal(text(events), TEXT);
    assert.deepEqual(
      events.map(([seq]) => seq),
      LOG.map(([seq]) => seq),
    );
  }
});

test("it resumes after the last event that was whole", async () => {
  const { open, asked } = server(400);
  await followed({ open, after: 0 });
  assert.equal(asked[0], 0);
  assert.deepEqual(
    asked,
    [...asked].sort((a, b) => a - b),
  );
  assert.ok(asked.length > 3);
});

test("a server that sends again what is known is listened to once", async () => {
  const open = async () => response([bytes(LOG), bytes(LOG)]);
  assert.equal(text(await followed({ open })), TEXT);
});

test("errors of the network and 5xx are tried again, with growing pauses", async () => {
  const waits = [];
  let calls = 0;
  const open = async () => {
    calls += 1;
    if (calls < 4)
      throw Object.assign(new Error("down"), {
        status: calls === 2 ? 503 : 0,
        retryAfter: calls === 3 ? 7 : 0,
      });
    return response([bytes(LOG)]);
  };
  const events = await followed({ open, wait: async (delay) => waits.push(delay) });
  assert.equal(text(events), TEXT);
  assert.equal(waits.length, 3);
  assert.ok(waits[2] >= 7000, "Retry-After is honoured");
});

test("a final refusal ends it", async () => {
  for (const status of [401, 403, 404, 410]) {
    const refused = Object.assign(new Error("no"), { status });
    const open = async () => {
      throw refused;
    };
    await assert.rejects(followed({ open }), refused);
  }
});

test("a silent connection is given up and opened again", async () => {
  let calls = 0;
  const open = async () => {
    calls += 1;
    return calls === 1 ? response([bytes(LOG.slice(0, 5)), "hang"]) : response([bytes(LOG)]);
  };
  const events = await followed({ open, silence: 20 });
  assert.equal(text(events), TEXT);
  assert.equal(calls, 2);
});

test("data that is not JSON loses nothing before it and nothing after it", async () => {
  let calls = 0;
  const broken = new TextEncoder().encode("id: 6\nevent: text.delta\ndata: {oops\n\n");
  const open = async (after) => {
    calls += 1;
    if (calls > 1) return response([bytes(LOG.filter(([seq]) => seq > after))]);
    return response([new Uint8Array([...bytes(LOG.slice(0, 5)), ...broken])]);
  };
  assert.equal(text(await followed({ open })), TEXT);
  assert.equal(calls, 2);
});

test("leaving closes the connection and is no error", async () => {
  const leave = new AbortController();
  let aborted = false;
  const open = async (_after, signal) => {
    signal.addEventListener("abort", () => {
      aborted = true;
    });
    return response([bytes(LOG.slice(0, 3)), "hang"]);
  };
  const events = [];
  const onEvents = (batch) => {
    events.push(...batch);
    leave.abort();
  };
  const stream = new EventStream({ open, onEvents });
  await stream.follow(leave.signal);
  assert.equal(events.length, 3);
  assert.ok(aborted);
});

test("a response that is already open is read first, then the follower takes over", async () => {
  const asked = [];
  const open = async (after) => {
    asked.push(after);
    return response([bytes(LOG.filter(([seq]) => seq > after))]);
  };
  const events = await followed({ open, first: response([bytes(LOG.slice(0, 9))]) });
  assert.deepEqual(asked, [9]);
  assert.equal(text(events), TEXT);
});

test("pauses double up to a limit, never all at once", () => {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const [shortest, longest] = [delayBefore(attempt, 0, () => 0), delayBefore(attempt, 0, () => 1)];
    assert.ok(shortest < longest && longest <= 15_000 && shortest >= 100);
  }
  assert.ok(delayBefore(3, 0, () => 0.5) > delayBefore(0, 0, () => 0.5));
});

test("a pause ends early when the page is online again", async () => {
  const page = new EventTarget();
  const begun = Date.now();
  setTimeout(() => page.dispatchEvent(new Event("online")), 10);
  await pause(5000, undefined, page);
  assert.ok(Date.now() - begun < 1000);
});
