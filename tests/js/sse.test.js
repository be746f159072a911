import assert from "node:assert/strict";
import { test } from "node:test";
import { SseDecoder } from "../../chat/static/chat/sse.js";

const bytes = (text) => new TextEncoder().encode(text);

function decode(input, size = Number.POSITIVE_INFINITY) {
  const decoder = new SseDecoder();
  const events = [];
  for (let at = 0; at < input.length; at += size) events.push(...decoder.push(input.subarray(at, at + size)));
  return events;
}

const WIRE = [
  '\uFEFF: ouverture\n\nid: 1\nevent: text.delta\ndata: {"text":"é👩‍💻"}\n\n',
  ': ping\r\n\r\nid: 2\r\nevent: text.delta\r\ndata: {"text":\r\ndata: "deux lignes"}\r\n\r\n',
  "retry: 100\n\nid:3\revent:usage\rdata:{}\r\r",
  "event: ping\n\nid: 4\ndata\n\nid: a\0b\ndata: last\n\n",
  "id: 9\ndata: never finished\n",
].join("");

const EVENTS = [
  { id: "1", event: "text.delta", data: '{"text":"é👩‍💻"}' },
  { id: "2", event: "text.delta", data: '{"text":\n"deux lignes"}' },
  { id: "3", event: "usage", data: "{}" },
  { id: "4", event: "message", data: "" },
  { id: "4", event: "message", data: "last" },
];

test("any cut of the bytes gives the same events", () => {
  const wire = bytes(WIRE);
  assert.deepEqual(decode(wire), EVENTS);
  for (const size of [1, 2, 3, 5, 7, 64]) assert.deepEqual(decode(wire, size), EVENTS, `pieces of ${size}`);
});

test("every single cut, in the middle of a character and of a line break too", () => {
  const wire = bytes(WIRE);
  for (let cut = 0; cut <= wire.length; cut += 1) {
    const decoder = new SseDecoder();
    const events = [...decoder.push(wire.subarray(0, cut)), ...decoder.push(wire.subarray(cut))];
    assert.deepEqual(events, EVENTS, `cut at ${cut}`);
  }
});

test("bytes that are not UTF-8 become a replacement character, not an error", () => {
  const [event] = decode(new Uint8Array([...bytes("data: a"), 0xff, ...bytes("b\n\n")]));
  assert.equal(event.data, "a\uFFFDb");
});
