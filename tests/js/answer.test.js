import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { EMPTY_ANSWER, EVENT_TYPES, foldEvents, TERMINAL } from "../../chat/static/chat/answer.js";

const trace = JSON.parse(await readFile(new URL("../traces/every_event.json", import.meta.url), "utf8"));

/** Comparable with the Python fold: both as plain JSON. */
const plain = (answer) => JSON.parse(JSON.stringify(answer));

test("the shared trace has every event type and folds to the state that Python gives", () => {
  assert.deepEqual(new Set(trace.events.map(([, type]) => type)), new Set(EVENT_TYPES));
  assert.deepEqual(plain(foldEvents(EMPTY_ANSWER, trace.events)), trace.state);
});

test("one by one, in any batches, it is the same state", () => {
  for (const size of [1, 2, 3, 7]) {
    let answer = EMPTY_ANSWER;
    for (let at = 0; at < trace.events.length; at += size) {
      answer = foldEvents(answer, trace.events.slice(at, at + size));
    }
    assert.deepEqual(plain(answer), trace.state);
  }
});

test("a replay from anywhere changes nothing", () => {
  const answer = foldEvents(EMPTY_ANSWER, trace.events);
  assert.equal(foldEvents(answer, trace.events.slice(4)), answer);
});

test("each ending has its status", () => {
  for (const [type, status] of Object.entries(TERMINAL)) {
    const answer = foldEvents(EMPTY_ANSWER, [[1, type, { metadata: { error: null } }]]);
    assert.equal(answer.status, status);
    assert.deepEqual(answer.metadata, { error: null });
  }
});

test("a type of a newer server is passed over and its number is kept", () => {
  const answer = foldEvents(EMPTY_ANSWER, [
    [3, "text.delta", { text: "abc" }],
    [4, "turn.sparkled", { glitter: true }],
    [5, "text.delta", { text: "d" }],
  ]);
  assert.equal(answer.content, "abcd");
  assert.equal(answer.last_seq, 5);
});

test("values are frozen and what was given is left alone", () => {
  const first = foldEvents(EMPTY_ANSWER, trace.events.slice(0, 12));
  const before = JSON.stringify(first);
  foldEvents(first, trace.events);
  assert.equal(JSON.stringify(first), before);
  assert.throws(() => {
    first.content = "x";
  }, TypeError);
});

test("a long answer costs linear time", () => {
  const fold = (count) => {
    const events = Array.from({ length: count }, (_, index) => [index + 1, "text.delta", { text: "mot " }]);
    const begun = process.hrtime.bigint();
    let answer = EMPTY_ANSWER;
    for (const event of events) answer = foldEvents(answer, [event]);
    assert.equal(answer.content.length, count * 4);
    return Number(process.hrtime.bigint() - begun);
  };
  fold(2000);
  const [small, large] = [fold(5_000), fold(80_000)];
  // 16 times the events: quadratic would be 256 times the time.
  assert.ok(large < small * 100, `${small} ns → ${large} ns`);
});
