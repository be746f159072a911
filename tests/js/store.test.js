import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, reduce, running, Store, waiting } from "../../chat/static/chat/store.js";
import { placeAmong } from "../../chat/static/chat/store_versions.js";

const message = (id, fields = {}) => ({
  id,
  role: "assistant",
  content: "",
  status: "complete",
  last_seq: 0,
  actions: [],
  client_id: null,
  ...fields,
});
const page = (messages, more = {}) => ({
  conversation: { id: 5, title: "Titre" },
  messages,
  before: null,
  totals: null,
  ...more,
});

function after(...events) {
  return events.reduce(reduce, initialState(1));
}

const OPENED = { type: "conversation.opened", id: 5 };
const loaded = (messages, more) => ({ type: "page.loaded", id: 5, page: page(messages, more), older: false });
const began = (more = {}) => ({
  type: "turn.began",
  data: {
    message_id: 12,
    user_message_id: 11,
    conversation_id: 5,
    title: "Titre",
    model: "m",
    created_at: "2026-01-01T00:00:00Z",
  },
  item: null,
  ...more,
});
const ITEM = { clientId: "c1", conversationId: 5, content: "Bonjour", status: "sending" };

test("a send becomes the question and the empty answer, and leaves the outbox", () => {
  const state = after(OPENED, { type: "outbox.added", item: ITEM }, began({ item: ITEM }));
  assert.deepEqual(
    state.messages.map(({ id, role, content, status }) => [id, role, content, status]),
    [
      [11, "user", "Bonjour", "complete"],
      [12, "assistant", "", "streaming"],
    ],
  );
  assert.equal(state.outbox.length, 0);
  assert.equal(running(state).id, 12);
});

test("a new conversation gets its number and title from its first turn", () => {
  const item = { ...ITEM, conversationId: null };
  const state = after(
    { type: "conversation.opened", id: null },
    { type: "outbox.added", item },
    began({ item }),
  );
  assert.equal(state.conversation.id, 5);
  assert.equal(state.conversation.title, "Titre");
  assert.equal(state.conversations.items[0].id, 5);
});

test("a turn of another conversation changes only the list", () => {
  const state = after({ type: "conversation.opened", id: 9 }, began());
  assert.equal(state.messages.length, 0);
  assert.equal(state.conversations.items[0].id, 5);
});

test("events reach their message and no other", () => {
  const before = after(OPENED, loaded([message(1), message(12, { status: "streaming" })]));
  const state = reduce(before, {
    type: "turn.events",
    messageId: 12,
    events: [[3, "text.delta", { text: "abc" }]],
  });
  assert.equal(state.messages[1].content, "abc");
  assert.equal(state.messages[0], before.messages[0]);
  assert.equal(
    reduce(state, { type: "turn.events", messageId: 77, events: [[1, "text.delta", { text: "x" }]] }),
    state,
  );
});

test("a snapshot that is older than what was followed is passed over, a newer one is taken", () => {
  const streaming = (seq, content) => message(12, { status: "streaming", last_seq: seq, content });
  const followed = after(OPENED, loaded([streaming(10, "dix caract")]));
  assert.equal(reduce(followed, loaded([streaming(4, "dix ")])).messages[0].content, "dix caract");
  assert.equal(
    reduce(followed, loaded([streaming(15, "dix caractères")])).messages[0].content,
    "dix caractères",
  );
  const done = reduce(followed, loaded([message(12, { last_seq: 16, content: "dix caractères" })]));
  assert.equal(done.messages[0].status, "complete");
  assert.equal(reduce(done, loaded([streaming(10, "dix caract")])).messages[0].status, "complete");
});

test("the same snapshot again keeps the same objects, so nothing is drawn again", () => {
  const first = after(OPENED, loaded([message(1, { content: "a" }), message(2, { content: "b" })]));
  const second = reduce(first, loaded([message(1, { content: "a" }), message(2, { content: "b" })]));
  for (const [index, known] of second.messages.entries()) assert.equal(known, first.messages[index]);
});

test("a page that was read before a message was sent does not take it away", () => {
  for (const before of [[], [message(9)]]) {
    const state = after(OPENED, began({ item: ITEM }), loaded(before));
    assert.deepEqual(
      state.messages.map(({ id }) => id),
      [...before.map(({ id }) => id), 11, 12],
    );
    assert.equal(running(state).id, 12);
  }
});

test("what was replaced elsewhere goes, what was loaded above stays", () => {
  const state = after(
    OPENED,
    loaded([message(10), message(11), message(12)], { before: 10 }),
    { type: "page.loaded", id: 5, page: page([message(7), message(8)], { before: 7 }), older: true },
    loaded([message(10), message(13)], { before: 10 }),
  );
  assert.deepEqual(
    state.messages.map(({ id }) => id),
    [7, 8, 10, 13],
  );
  assert.equal(state.conversation.before, 7);
});

test("an edit hides the question and what came after, a retry hides one answer", () => {
  const three = [message(1, { role: "user" }), message(2), message(3, { role: "user" }), message(4)];
  const edited = after(OPENED, loaded(three), began({ item: { ...ITEM, replaces: 3 } }));
  assert.deepEqual(
    edited.messages.map(({ id }) => id),
    [1, 2, 11, 12],
  );
  const retried = after(OPENED, loaded(three), began({ hides: 4 }));
  assert.deepEqual(
    retried.messages.map(({ id }) => id),
    [1, 2, 3, 12],
  );
});

const version = (answer, current, applied = 0) => ({
  answer,
  messages: [11, answer],
  status: "complete",
  current,
  applied,
});

test("what is hidden behind an older version leaves the page, and what was sent meanwhile stays", () => {
  const newer = [version(12, false), version(13, true)];
  const older = [version(12, true), version(13, false)];
  const state = after(OPENED, loaded([message(11, { role: "user" }), message(13)], { versions: newer }));
  const back = reduce(
    reduce(state, began({ item: ITEM, data: { ...began().data, message_id: 21, user_message_id: 20 } })),
    loaded([message(11, { role: "user" }), message(12)], { versions: older }),
  );
  assert.deepEqual(
    back.messages.map(({ id }) => id),
    [11, 12, 20, 21],
  );
});

test("going forward from an older version leaves nothing of it above the page", () => {
  const both = (first, second) => [
    { ...version(2, first), messages: [1, 2] },
    { ...version(4, second), messages: [3, 4] },
  ];
  for (const before of [null, 1]) {
    const old = [message(1, { role: "user" }), message(2)];
    const state = after(OPENED, loaded(old, { versions: both(true, false), before }));
    const fresh = [message(3, { role: "user" }), message(4)];
    const next = reduce(state, loaded(fresh, { versions: both(false, true), before }));
    assert.deepEqual(
      next.messages.map(({ id }) => id),
      [3, 4],
    );
  }
});

test("versions are those of the newest page; a turn that begins and another conversation have none yet", () => {
  const versions = [version(12, false, 2), version(13, true)];
  const state = after(OPENED, loaded([message(13)], { versions }));
  assert.deepEqual(placeAmong(state.versions, 13), {
    index: 1,
    count: 2,
    previous: 12,
    next: null,
    whole: 12,
    applied: [1],
  });
  assert.equal(placeAmong(state.versions, 12), null);
  assert.equal(
    reduce(state, loaded([message(13)], { versions: structuredClone(versions) })).versions,
    state.versions,
  );
  const older = { ...loaded([message(3)], { versions: [] }), older: true };
  assert.equal(reduce(state, older).versions, state.versions);
  assert.deepEqual(reduce(state, began({ hides: 13 })).versions, []);
  assert.deepEqual(reduce(state, { type: "conversation.opened", id: 6 }).versions, []);
});

test("the way back of a failed try leads past other failures", () => {
  const versions = [version(12, false), { ...version(13, false), status: "failed" }, version(14, true)];
  assert.equal(placeAmong(versions, 14).whole, 12);
  assert.equal(placeAmong(versions.slice(1), 14).whole, null);
});

test("a send that the server already has is not waiting any more", () => {
  const state = after(
    OPENED,
    { type: "outbox.added", item: { ...ITEM, status: "failed" } },
    loaded([message(11, { role: "user", client_id: "c1" })]),
  );
  assert.equal(waiting(state).length, 0);
});

test("a deleted conversation comes back where it was", () => {
  const items = [{ id: 1 }, { id: 2 }, { id: 3 }];
  const list = { type: "conversations.loaded", page: { conversations: items, next: null }, search: "" };
  const hidden = after(list, { type: "conversation.hidden", id: 2 });
  assert.deepEqual(
    hidden.conversations.items.map(({ id }) => id),
    [1, 3],
  );
  const back = reduce(hidden, { type: "conversation.restored", item: items[1], index: 1 });
  assert.deepEqual(
    back.conversations.items.map(({ id }) => id),
    [1, 2, 3],
  );
});

test("a page of an old search is passed over", () => {
  const state = after(
    { type: "conversations.loading", search: "bouton" },
    { type: "conversations.loaded", page: { conversations: [{ id: 1 }], next: null }, search: "" },
  );
  assert.equal(state.conversations.items.length, 0);
});

test("a failed look at the server takes no message away", () => {
  const state = after(OPENED, loaded([message(1)]), {
    type: "conversation.failed",
    id: 5,
    error: { code: "network" },
  });
  assert.equal(state.messages.length, 1);
  assert.equal(state.conversation.error, null);
});

test("states are frozen, unknown events change nothing, listeners hear only changes", () => {
  const store = new Store(initialState(1));
  const heard = [];
  const stop = store.subscribe((state, previous) => heard.push([state, previous]));
  store.dispatch({ type: "no.such.event" });
  store.dispatch({ type: "connection.changed", connection: "open" });
  assert.equal(heard.length, 0);
  store.dispatch({ type: "connection.changed", connection: "lost" });
  stop();
  store.dispatch({ type: "connection.changed", connection: "open" });
  assert.equal(heard.length, 1);
  assert.ok(Object.isFrozen(store.state) && Object.isFrozen(store.state.messages));
});

test("of an answer whose server died, only what was saved stays", () => {
  const end = { status: "failed", last_seq: 10_000_003, metadata: { error: { code: "server_restarted" } } };
  const shown = message(8, { ...end, reasoning: "pensé et oublié", steps: [{ step: 1 }, { step: 2 }] });
  const saved = message(8, { ...end, reasoning: "pensé", steps: [{ step: 1 }] });
  for (const name of ["reasoning", "steps"]) {
    const state = after(OPENED, loaded([shown]), loaded([{ ...shown, [name]: saved[name] }]));
    assert.deepEqual(state.messages[0][name], saved[name]);
  }
});

test("a conversation that a message began is told from one that was opened", () => {
  const item = { clientId: "a", content: "Salut", conversationId: null };
  const begun = after({ type: "outbox.added", item }, began({ item }));
  assert.equal(begun.conversation.id, 5);
  assert.equal(begun.conversation.begun, true);
  assert.equal(reduce(begun, loaded([message(11), message(12)])).conversation.begun, true);
  const opened = after(OPENED, loaded([message(11), message(12)]));
  assert.equal(opened.conversation.begun, false);
  assert.equal(reduce(opened, began()).conversation.begun, false);
});
