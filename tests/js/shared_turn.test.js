import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStream } from "../../chat/static/chat/event_stream.js";
import { SharedTurn } from "../../chat/static/chat/shared_turn.js";
import { Sharing } from "../../chat/static/chat/sharing.js";
import { FakeLocks, fakeChannels } from "./fake_browser.mjs";

const encoder = new TextEncoder();
const frame = ([seq, type, data]) => `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

async function eventually(check) {
  for (let turn = 0; turn < 300; turn += 1) {
    if (check()) return;
    await settle();
  }
  assert.ok(check());
}

/** One turn on a server: numbered by character, joined anew for each reader as the real log does. */
class Server {
  text = "";
  ended = false;
  streams = new Set();
  asked = [];
  most = 0;

  write(text) {
    this.text += text;
    for (const send of this.streams) send();
  }

  end() {
    this.ended = true;
    for (const send of this.streams) send();
  }

  open = async (after, signal, stays) => {
    this.asked.push({ after, stays });
    let at = after;
    let cancel = () => {};
    const body = new ReadableStream({
      start: (controller) => {
        const over = () => this.streams.delete(send);
        const send = () => {
          const events = this.#since(at);
          if (events.length) controller.enqueue(encoder.encode(events.map(frame).join("")));
          at = events.at(-1)?.[0] ?? at;
          if (!stays || this.ended) {
            over();
            controller.close();
          }
        };
        if (stays) this.streams.add(send);
        this.most = Math.max(this.most, this.streams.size);
        signal.addEventListener("abort", over);
        cancel = over;
        send();
      },
      cancel: () => cancel(),
    });
    return { body };
  };

  #since(after) {
    const text = [...this.text];
    const events =
      after < text.length ? [[text.length, "text.delta", { text: text.slice(after).join("") }]] : [];
    if (this.ended && after <= text.length)
      events.push([text.length + 1, "turn.completed", { metadata: {} }]);
    return events;
  }
}

/** The tabs of one browser. */
class Browser {
  locks = new FakeLocks();
  Channel = fakeChannels();

  /** Follows a turn; of a `first` response it becomes known with its first event that it `begins` a message. */
  tab(server, { id = 12, first = null, begins = null, wait = soon, deaf = false } = {}) {
    const sharing = new Sharing("/api", { locks: this.locks, Channel: deaf ? fakeChannels() : this.Channel });
    const tab = { text: "", ended: false, leave: new AbortController(), error: null };
    const onEvents = (events) => {
      if (begins !== null && tab.text === "") tab.turn.begins(begins);
      for (const [, type, data] of events) {
        if (type === "text.delta") tab.text += data.text;
        else tab.ended = true;
      }
    };
    const onRead = (batch) => tab.turn.tell(batch);
    const stream = new EventStream({ open: server.open, first, onEvents, onRead, wait });
    tab.turn = new SharedTurn({ stream, sharing, id, wait });
    tab.done = tab.turn
      .follow(tab.leave.signal)
      .catch((error) => {
        tab.error = error;
      })
      .finally(() => sharing.close());
    return tab;
  }
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const soon = (ms, signal) => pause(Math.min(ms, 30), signal);

test("eight tabs of one answer hold one stream, and each has the whole", async () => {
  const server = new Server();
  const browser = new Browser();
  server.write("Voici ");
  const tabs = Array.from({ length: 8 }, () => browser.tab(server));
  await eventually(() => tabs.every(({ text }) => text === "Voici "));
  for (const word of ["une ", "👩‍💻 ", "réponse"]) {
    server.write(word);
    await settle();
  }
  server.end();
  await Promise.all(tabs.map(({ done }) => done));
  assert.equal(server.most, 1);
  for (const { text, ended } of tabs) assert.deepEqual([text, ended], ["Voici une 👩‍💻 réponse", true]);
  await eventually(() => browser.locks.heldNames.length === 0);
});

test("what is told reaches the others at once, without a look at the server", async () => {
  const server = new Server();
  const browser = new Browser();
  const never = (_, signal) => pause(1e8, signal);
  const tabs = [0, 1, 2].map(() => browser.tab(server, { wait: never }));
  await eventually(() => server.asked.filter(({ stays }) => !stays).length === 2);
  await settle();
  server.write("tout de suite");
  await eventually(() => tabs.every(({ text }) => text === "tout de suite"));
  assert.equal(server.asked.length, 3);
  server.end();
  await Promise.all(tabs.map(({ done }) => done));
});

test("when the tab that reads goes, another goes on where it was", async () => {
  const server = new Server();
  const browser = new Browser();
  const tabs = [0, 1, 2, 3].map(() => browser.tab(server));
  server.write("un ");
  await eventually(() => tabs.every(({ text }) => text === "un "));
  tabs[0].leave.abort();
  server.write("deux ");
  await eventually(() => tabs.slice(1).every(({ text }) => text === "un deux "));
  tabs[1].leave.abort();
  server.write("trois");
  server.end();
  await Promise.all(tabs.map(({ done }) => done));
  for (const { text, ended } of tabs.slice(2)) assert.deepEqual([text, ended], ["un deux trois", true]);
  assert.equal(server.most, 1);
});

test("six answers at once hold two streams; the others are read again and again, until one is free", async () => {
  const browser = new Browser();
  const servers = Array.from({ length: 6 }, () => new Server());
  const tabs = servers.map((server, index) => browser.tab(server, { id: 20 + index }));
  for (const server of servers) server.write("début ");
  await eventually(() => tabs.every(({ text }) => text === "début "));
  const open = () => servers.reduce((sum, { streams }) => sum + streams.size, 0);
  assert.equal(open(), 2);
  servers[0].end();
  await eventually(() => servers[0].streams.size === 0 && open() === 2);
  for (const server of servers.slice(1)) {
    server.write("fin");
    server.end();
  }
  await Promise.all(tabs.map(({ done }) => done));
  assert.deepEqual(
    tabs.map(({ text }) => text),
    ["début ", ...Array(5).fill("début fin")],
  );
});

test("a tab that is told nothing looks by itself", async () => {
  const server = new Server();
  const browser = new Browser();
  const first = browser.tab(server);
  const deaf = browser.tab(server, { deaf: true });
  server.write("sans nouvelles");
  await eventually(() => deaf.text === "sans nouvelles");
  assert.equal(server.most, 1);
  server.end();
  await Promise.all([first.done, deaf.done]);
  assert.equal(deaf.ended, true);
});

test("pieces that were cut elsewhere are put together: no character twice", async () => {
  const events = [];
  const stream = new EventStream({ open: () => {}, onEvents: (batch) => events.push(...batch), after: 3 });
  const told = {
    after: 0,
    events: [
      [5, "text.delta", { text: "aé👩ib" }],
      [7, "text.delta", { text: "cd" }],
    ],
  };
  assert.equal(stream.take(told), true);
  assert.equal(stream.take(told), true);
  assert.equal(stream.take({ after: 8, events: [[9, "text.delta", { text: "x" }]] }), false);
  assert.deepEqual(events, [
    [5, "text.delta", { text: "ib" }],
    [7, "text.delta", { text: "cd" }],
  ]);
});

test("the answer to a send is read on only where there is room for one more stream", async () => {
  const browser = new Browser();
  const servers = [0, 1, 2].map(() => new Server());
  const tabs = [];
  for (const [index, server] of servers.entries()) {
    const first = await server.open(0, new AbortController().signal, true);
    tabs.push(browser.tab(server, { id: null, first, begins: 40 + index }));
  }
  assert.equal(servers.filter(({ streams }) => streams.size).length, 3);
  for (const server of servers) server.write("abc");
  await eventually(() => servers[2].asked.some(({ stays }) => !stays));
  assert.deepEqual(
    servers.map(({ streams }) => streams.size),
    [1, 1, 0],
  );
  assert.deepEqual(
    servers.map(({ asked }) => asked.filter(({ stays }) => stays).length),
    [1, 1, 1],
  );
  for (const server of servers) {
    server.write("def");
    server.end();
  }
  await Promise.all(tabs.map(({ done }) => done));
  assert.deepEqual(
    tabs.map(({ text }) => text),
    ["abcdef", "abcdef", "abcdef"],
  );
});
