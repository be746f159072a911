import assert from "node:assert/strict";
import { test } from "node:test";
import { Controller } from "../../chat/static/chat/controller.js";
import { initialState, Store } from "../../chat/static/chat/store.js";

const ANSWER = {
  id: 12,
  role: "assistant",
  status: "complete",
  last_seq: 5,
  actions: [{ id: 7, status: "pending" }],
};

/** A panel that shows conversation 5, and what it asks the server from then on. */
function panel() {
  const asked = [];
  const api = {
    messages: async (id) => {
      asked.push(`messages ${id}`);
      return { conversation: { id: 5 }, messages: [ANSWER], before: null };
    },
    conversations: async () => {
      asked.push("list");
      return { conversations: [{ id: 5, title: "Cinq" }], next: null };
    },
  };
  const store = new Store(initialState(1));
  store.dispatch({ type: "conversation.opened", id: 5 });
  const page = { conversation: { id: 5 }, messages: [ANSWER], before: null };
  store.dispatch({ type: "page.loaded", id: 5, page, older: false });
  const list = { conversations: [{ id: 5, title: "Cinq" }], next: null };
  store.dispatch({ type: "conversations.loaded", page: list, search: "", more: false });
  const turns = { followOpen() {}, sendNext() {} };
  return { controller: new Controller({ api, store, shelf: {}, turns, tabs: {} }), asked };
}

test("what somebody did to the open conversation is read; what is known already is not", () => {
  const cases = [
    [{ conversationId: 5, messageId: 12, actions: [{ id: 7, status: "rejected" }] }, ["messages 5"]],
    [{ conversationId: 5, messageId: 12, actions: [{ id: 7, status: "pending" }] }, []],
    [{ conversationId: 5, messageId: 12 }, []], // the message that was sent from here
    [{ conversationId: 5, messageId: 14 }, ["messages 5"]],
    [{ conversationId: 5, list: true }, ["list", "messages 5"]],
    [{ conversationId: 6, messageId: 20 }, ["list"]], // one that is not in the list yet
  ];
  for (const [news, expected] of cases) {
    const { controller, asked } = panel();
    controller.changed(news);
    assert.deepEqual(asked, expected, JSON.stringify(news));
  }
});

/** A panel that is starting: its lists come when `arrive()` is called. */
function starting() {
  let arrive;
  const arrival = new Promise((resolve) => {
    arrive = resolve;
  });
  const api = {
    models: async () => ({ models: [], default: null, notice: null }),
    messages: async (id) => ({ conversation: { id }, messages: [ANSWER], before: null }),
    conversations: () => arrival.then(() => ({ conversations: [{ id: 5, title: "Cinq" }], next: null })),
  };
  const store = new Store(initialState(1));
  const shelf = { value: () => "", outbox: () => [], keep() {} };
  const turns = { restore() {}, followOpen() {}, sendNext() {} };
  const controller = new Controller({ api, store, shelf, turns, tabs: {} });
  return { controller, store, started: controller.start(), arrive };
}

test("the newest conversation is opened at the start", async () => {
  const { store, started, arrive } = starting();
  arrive();
  await started;
  assert.equal(store.state.conversation.id, 5);
});

test("a new conversation begun while the panel starts stays open", async () => {
  const { controller, store, started, arrive } = starting();
  await controller.open(null);
  arrive();
  await started;
  assert.equal(store.state.conversation.id, null);
});

test("a message sent while the panel starts is not left behind", async () => {
  const { store, started, arrive } = starting();
  const item = { clientId: "a", conversationId: null, content: "Bonjour", status: "sending", error: null };
  store.dispatch({ type: "outbox.added", item });
  arrive();
  await started;
  assert.equal(store.state.conversation.id, null);
});
