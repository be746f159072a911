import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, running, Store, waiting } from "../../chat/static/chat/store.js";
import { Turns } from "../../chat/static/chat/turns.js";

const encoder = new TextEncoder();
const frame = ([seq, type, data]) => `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
const sse = (...events) => new Response(new Blob([encoder.encode(events.map(frame).join(""))]).stream());

const started = (id) => [
  1,
  "turn.started",
  {
    message_id: id,
    user_message_id: id - 1,
    conversation_id: 5,
    title: "T",
    model: "m",
    created_at: "2026-01-01T00:00:00Z",
  },
];
const DELTA = [4, "text.delta", { text: "oui" }];
const DONE = [5, "turn.completed", { metadata: {} }];

const refusal = (code, status = 0) =>
  Object.assign(new Error(code), { code, status, text: "", retryAfter: 0 });

/** Timers don't wait here: pauses end at once. */
class ImpatientPage extends EventTarget {
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    if (type === "online") queueMicrotask(() => this.dispatchEvent(new Event("online")));
  }
}

function panel(api, messages = [], read = () => undefined) {
  const store = new Store(initialState(1));
  store.dispatch({ type: "conversation.opened", id: 5 });
  store.dispatch({
    type: "page.loaded",
    id: 5,
    page: { conversation: { id: 5 }, messages, before: null },
    older: false,
  });
  const told = [];
  let reloads = 0;
  const reload = async () => {
    reloads += 1;
    return read(store);
  };
  const turns = new Turns({
    api,
    store,
    channel: { tell: (news) => told.push(news) },
    reload,
    page: new ImpatientPage(),
  });
  return { store, turns, told, reloads: () => reloads };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

test("a message goes out once and its answer comes in", async () => {
  const sent = [];
  const { store, turns, told } = panel({
    send: async (body) => {
      sent.push(body);
      return sse(started(12), DELTA, DONE);
    },
  });
  await turns.send("Bonjour", { context: { open_file: "a.js" } });
  await settle();
  assert.deepEqual(
    store.state.messages.map(({ content }) => content),
    ["Bonjour", "oui"],
  );
  assert.equal(running(store.state), null);
  const { client_id, ...body } = sent[0];
  assert.match(client_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(body, {
    project_id: 1,
    content: "Bonjour",
    conversation_id: 5,
    context: { open_file: "a.js" },
  });
  assert.deepEqual(told, [{ conversationId: 5 }]);
});

test("on a page that is not secure, messages get ids too", async (t) => {
  t.mock.method(crypto, "randomUUID", () => assert.fail("there on secure pages only"));
  const ids = [];
  const { turns } = panel({
    send: async ({ client_id }) => {
      ids.push(client_id);
      return sse(started(12), DONE);
    },
  });
  for (let count = 0; count < 5; count += 1) await turns.send("Bonjour").then(settle);
  assert.equal(new Set(ids).size, 5);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a send that finds no server is repeated under the same id, then given back", async () => {
  const ids = [];
  const { store, turns } = panel({
    send: async ({ client_id }) => {
      ids.push(client_id);
      throw refusal("network");
    },
  });
  await turns.send("Bonjour");
  assert.equal(new Set(ids).size, 1);
  assert.ok(ids.length > 1);
  const [item] = waiting(store.state);
  assert.equal(item.status, "failed");
  assert.equal(item.content, "Bonjour");
  assert.equal(item.error.code, "network");
});

test("cut before its first event, a send is repeated under the same id", async () => {
  const ids = [];
  const { store, turns } = panel({
    send: async ({ client_id }) => {
      ids.push(client_id);
      return ids.length === 1 ? sse() : sse(started(12), DELTA, DONE);
    },
  });
  await turns.send("Bonjour");
  await settle();
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.equal(store.state.messages.length, 2);
});

test("cut in the middle, the answer is followed to its end", async () => {
  const asked = [];
  const { store, turns } = panel({
    send: async () => sse(started(12), DELTA),
    events: async (id, after) => {
      asked.push([id, after]);
      return sse(
        started(12),
        DELTA,
        [9, "text.delta", { text: " non" }],
        [10, "turn.completed", { metadata: {} }],
      );
    },
  });
  await turns.send("Bonjour");
  await settle();
  assert.deepEqual(asked, [[12, 4]]);
  assert.equal(store.state.messages.at(-1).content, "oui non");
});

test("an answer whose server died is read again, until a server gives what was saved", async () => {
  const error = { code: "server_restarted", message: "", detail: "" };
  const end = [10_000_003, "turn.interrupted", { metadata: { error } }];
  for (const end_of of ["the response", "a later connection"]) {
    let reads = 0;
    const reload = async (store) => {
      reads += 1;
      if (reads < 3) return false;
      const saved = { ...store.state.messages.at(-1), content: "ou" };
      const page = { conversation: { id: 5 }, messages: [saved], before: null };
      store.dispatch({ type: "page.loaded", id: 5, page, older: false });
      return true;
    };
    const later = end_of !== "the response";
    const send = async () => (later ? sse(started(12), DELTA) : sse(started(12), DELTA, end));
    const { store, turns } = panel({ send, events: async () => sse(end) }, [], reload);
    await turns.send("Bonjour");
    await settle();
    assert.equal(store.state.messages.at(-1).content, "ou", end_of);
    assert.equal(reads, 3);
  }
});

test("409: the text stays, may be sent after, and goes out when the running answer ends", async () => {
  let busy = true;
  const streaming = { id: 8, role: "assistant", status: "streaming", content: "", last_seq: 0, actions: [] };
  const { store, turns, reloads } = panel({
    send: async () => {
      if (busy) throw refusal("turn_in_progress", 409);
      return sse(started(12), DELTA, DONE);
    },
  });
  await turns.send("Après");
  const [item] = waiting(store.state);
  assert.equal(item.status, "blocked");
  assert.equal(reloads(), 1, "the answer that runs elsewhere is looked for");

  store.dispatch({
    type: "page.loaded",
    id: 5,
    page: { conversation: { id: 5 }, messages: [streaming], before: null },
    older: false,
  });
  turns.queue(item.clientId);
  assert.equal(waiting(store.state)[0].status, "queued");

  busy = false;
  store.dispatch({ type: "turn.events", messageId: 8, events: [[3, "turn.completed", { metadata: {} }]] });
  turns.sendNext();
  await settle();
  assert.equal(waiting(store.state).length, 0);
  assert.equal(store.state.messages.at(-1).content, "oui");
});

test("what has waited and is outrun by another tab waits on, before what came after it", async () => {
  let busy = false;
  const streaming = { id: 8, role: "assistant", status: "streaming", content: "", last_seq: 0, actions: [] };
  const sent = [];
  const { store, turns, reloads } = panel(
    {
      send: async ({ content }) => {
        if (busy) throw refusal("turn_in_progress", 409);
        sent.push(content);
        return sse(started(12 + sent.length), DELTA, DONE);
      },
    },
    [streaming],
  );
  await turns.send("Un");
  await turns.send("Deux");
  busy = true;
  store.dispatch({ type: "turn.events", messageId: 8, events: [[3, "turn.completed", { metadata: {} }]] });
  turns.sendNext();
  await settle();
  assert.deepEqual(
    waiting(store.state).map(({ content, status }) => [content, status]),
    [
      ["Un", "queued"],
      ["Deux", "queued"],
    ],
  );
  assert.equal(reloads(), 1, "the answer that runs elsewhere is looked for");
  busy = false;
  turns.sendNext();
  await settle();
  assert.deepEqual(sent, ["Un", "Deux"]);
});

test("what is written while an answer runs waits, and can be taken back", async () => {
  const streaming = { id: 8, role: "assistant", status: "streaming", content: "", last_seq: 0, actions: [] };
  const { store, turns } = panel({ send: () => assert.fail("sent too early") }, [streaming]);
  await turns.send("Un");
  await turns.send("Deux");
  assert.deepEqual(
    waiting(store.state).map(({ status }) => status),
    ["queued", "queued"],
  );
  turns.discard(waiting(store.state)[0].clientId);
  assert.deepEqual(
    waiting(store.state).map(({ content }) => content),
    ["Deux"],
  );
});

test("after a reload, a send whose fate is unknown is for the person to decide", () => {
  const { store, turns } = panel({});
  turns.restore([
    { clientId: "a", conversationId: 5, content: "un", status: "sending" },
    { clientId: "b", conversationId: 5, content: "deux", status: "queued" },
  ]);
  assert.deepEqual(
    waiting(store.state).map(({ status }) => status),
    ["failed", "queued"],
  );
});

test("a retry hides the old answer, a continuation follows it", async () => {
  const old = { id: 8, role: "assistant", status: "interrupted", content: "deb", last_seq: 3, actions: [] };
  const api = { retry: async () => sse(started(12), DONE), continue: async () => sse(started(14), DONE) };
  const first = panel(api, [old]);
  await first.turns.retry(8);
  assert.deepEqual(
    first.store.state.messages.map(({ id }) => id),
    [12],
  );
  const second = panel(api, [old]);
  await second.turns.continue(8);
  assert.deepEqual(
    second.store.state.messages.map(({ id, continues }) => [id, continues]),
    [
      [8, undefined],
      [14, 8],
    ],
  );
});

test("two messages into a new conversation make one conversation", async () => {
  const bodies = [];
  const { store, turns } = panel({
    send: async (body) => {
      bodies.push(body);
      return sse(started(bodies.length * 10), [4, "text.delta", { text: "oui" }], DONE);
    },
  });
  store.dispatch({ type: "conversation.opened", id: null });
  await Promise.all([turns.send("Un"), turns.send("Deux")]);
  await settle();
  assert.deepEqual(
    bodies.map(({ content, conversation_id }) => [content, conversation_id]),
    [
      ["Un", undefined],
      ["Deux", 5],
    ],
  );
  assert.equal(waiting(store.state).length, 0);
});

test("the message that begins a conversation says how it runs, and no other does", async () => {
  const sent = [];
  const { store, turns } = panel({
    send: async (body) => {
      sent.push(body);
      return sse(started(12 + 2 * sent.length), DELTA, DONE);
    },
  });
  store.dispatch({ type: "conversation.opened", id: null });
  await turns.send("Un");
  await settle();
  store.dispatch({ type: "conversation.opened", id: null });
  store.dispatch({ type: "mode.changed", id: null, mode: "auto" });
  await turns.send("Deux");
  await settle();
  assert.equal(store.state.conversation.mode, "auto");
  await turns.send("Trois");
  await settle();
  assert.deepEqual(
    sent.map(({ mode }) => mode),
    [undefined, "auto", undefined],
  );
});

test("what waits goes on by itself after a whole answer, and not after one that is none", async () => {
  for (const [status, sent] of [
    ["complete", 1],
    ["stopped", 1],
    ["failed", 0],
    ["interrupted", 0],
  ]) {
    let count = 0;
    const send = async () => {
      count += 1;
      return sse(started(12), DONE);
    };
    const answer = { id: 8, role: "assistant", status: "streaming", content: "", last_seq: 0, actions: [] };
    const { store, turns } = panel({ send }, [answer]);
    await turns.send("Deux");
    store.dispatch({ type: "message.replaced", message: { ...answer, status, last_seq: 3 } });
    turns.sendNext();
    await settle();
    assert.equal(count, sent, status);
    if (sent) continue;
    turns.resend(waiting(store.state)[0].clientId); // the person says so
    await settle();
    assert.equal(count, 1, status);
  }
});

const RUNNING = { id: 8, role: "assistant", status: "streaming", content: "", last_seq: 0, actions: [] };

test("a stop that finds no server is asked for until one hears it", async () => {
  let asked = 0;
  const waits = [];
  const stop = async () => {
    asked += 1;
    if (asked < 4) throw refusal("network");
    return { message: { ...RUNNING, status: "stopped", last_seq: 3 } };
  };
  const { store, turns } = panel({ stop }, [RUNNING]);
  await Promise.all([turns.stop(8, () => waits.push(1)), turns.stop(8, () => waits.push(2))]);
  assert.deepEqual([asked, waits, running(store.state)], [4, [1], null]);
});

test("a stop ends with the answer, and what is refused is told", async () => {
  let asked = 0;
  const { store, turns } = panel(
    {
      stop: async () => {
        asked += 1;
        store.dispatch({
          type: "message.replaced",
          message: { ...RUNNING, status: "complete", last_seq: 3 },
        });
        throw refusal("network");
      },
    },
    [RUNNING],
  );
  await turns.stop(8);
  assert.equal(asked, 1);
  const refused = async () => {
    asked += 1;
    throw refusal("permission_denied", 403);
  };
  const other = panel({ stop: refused }, [RUNNING]);
  await assert.rejects(other.turns.stop(8), { code: "permission_denied" });
  await assert.rejects(other.turns.stop(8), { code: "permission_denied" }); // and can be asked for again
  assert.equal(asked, 3);
});

test("two clicks on the same button ask again once", async () => {
  let asked = 0;
  const old = { ...RUNNING, status: "complete" };
  const retry = async () => {
    asked += 1;
    return sse(started(12), DONE);
  };
  const { turns } = panel({ retry }, [old]);
  await Promise.all([turns.retry(8), turns.retry(8)]);
  assert.equal(asked, 1);
});

test("whoever writes on while something is held sends both, in their order", async () => {
  const sent = [];
  const send = async ({ content }) => {
    sent.push(content);
    return sse(started(10 + 2 * sent.length), DONE);
  };
  const { store, turns } = panel({ send }, [{ ...RUNNING, status: "failed" }]);
  turns.restore([{ clientId: "a", conversationId: 5, content: "held", status: "queued" }]);
  turns.sendNext();
  assert.deepEqual(sent, []);
  await turns.send("new");
  await settle();
  assert.deepEqual([sent, waiting(store.state)], [["held", "new"], []]);
});

test("an edit whose message is not the last any more can be sent as one of its own", async () => {
  const bodies = [];
  const send = async (body) => {
    bodies.push(body);
    if (bodies.length === 1) throw refusal("not_last", 409);
    return sse(started(12), DONE);
  };
  const { store, turns } = panel({ send });
  await turns.send("Deux", { replaces: 7 });
  const [item] = waiting(store.state);
  assert.deepEqual([item.status, item.error.code], ["failed", "not_last"]);
  await turns.resend(item.clientId);
  assert.deepEqual(
    bodies.map(({ replaces }) => replaces),
    [7, undefined],
  );
});

test("a panel that has left the page asks for no stop any more", async () => {
  let asked = 0;
  const { turns } = panel(
    {
      stop: async () => {
        asked += 1;
        if (asked === 3) turns.close();
        throw refusal("network");
      },
    },
    [RUNNING],
  );
  await turns.stop(8);
  assert.equal(asked, 3);
});

test("an edit goes before what is held, which follows it", async () => {
  const bodies = [];
  const send = async (body) => {
    bodies.push([body.content, body.replaces]);
    return sse(started(10 + 2 * bodies.length), DONE);
  };
  const { turns } = panel({ send }, [
    { id: 7, role: "user", status: "complete", content: "Un", last_seq: 0 },
    { ...RUNNING, status: "failed" },
  ]);
  turns.restore([{ clientId: "a", conversationId: 5, content: "held", status: "queued" }]);
  await turns.send("Un, mieux", { replaces: 7 });
  await settle();
  assert.deepEqual(bodies, [
    ["Un, mieux", 7],
    ["held", undefined],
  ]);
});
