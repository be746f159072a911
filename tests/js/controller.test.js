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
