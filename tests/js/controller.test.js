import assert from "node:assert/strict";
import { test } from "node:test";
import { Controller } from "../../chat/static/chat/controller.js";
import { initialState, Store } from "../../chat/static/chat/store.js";

const NO_SHELF = { keep() {}, deleted: () => [] };
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
  return { controller: new Controller({ api, store, shelf: NO_SHELF, turns, tabs: {} }), asked, api, store };
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

test("a page that was read before a decision takes nothing of it off the screen", async () => {
  const { controller, api, store } = panel();
  const rejected = [{ id: 7, status: "rejected" }];
  const before = { conversation: { id: 5 }, messages: [ANSWER], before: null };
  const after = { ...before, messages: [{ ...ANSWER, actions: rejected }] };
  const pages = [before, after];
  api.messages = async () => pages.shift();
  const reading = controller.reload();
  store.dispatch({ type: "actions.decided", messageId: 12, actions: rejected });
  assert.equal(await reading, true);
  assert.equal(store.state.messages[0].actions[0].status, "rejected");
  assert.deepEqual(pages, []);
});

test("a decision on an answer that is still on its way is not undone by its page", async () => {
  const { controller, api, store } = panel();
  const rejected = [{ id: 7, status: "rejected" }];
  store.dispatch({ type: "conversation.opened", id: 5, title: "" });
  const page = { conversation: { id: 5 }, before: null };
  const pages = [
    { ...page, messages: [ANSWER] },
    { ...page, messages: [{ ...ANSWER, actions: rejected }] },
  ];
  api.messages = async () => pages.shift();
  const reading = controller.reload();
  store.dispatch({ type: "actions.decided", messageId: 12, actions: rejected });
  await reading;
  assert.equal(store.state.messages[0].actions[0].status, "rejected");
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
  const kept = {};
  const shelf = {
    value: (name) => kept[name] ?? "",
    outbox: () => [],
    written: () => [],
    deleted: () => [],
    keep: (name, value) => {
      kept[name] = value;
    },
  };
  const turns = { restore() {}, followOpen() {}, sendNext() {} };
  const controller = new Controller({ api, store, shelf, turns, tabs: {} });
  return { controller, store, kept, started: controller.start(), arrive };
}

test("the newest conversation is opened at the start", async () => {
  const { store, started, arrive } = starting();
  arrive();
  await started;
  assert.equal(store.state.conversation.id, 5);
});

test("a new conversation begun while the panel starts stays open, and is there after a reload", async () => {
  const { controller, store, kept, started, arrive } = starting();
  await controller.open(null);
  assert.equal(kept.conversation, "new");
  arrive();
  await started;
  assert.equal(store.state.conversation.id, null);
  assert.equal(kept.conversation, "new");
});

test("a conversation that begins while the panel starts is there after a reload", async () => {
  const { store, kept, started, arrive } = starting();
  const item = { clientId: "a", conversationId: null, content: "Bonjour", status: "sending", error: null };
  store.dispatch({ type: "outbox.added", item });
  store.dispatch({
    type: "turn.began",
    item,
    data: { conversation_id: 6, message_id: 62, user_message_id: 61 },
  });
  arrive();
  await started;
  assert.equal(store.state.conversation.id, 6);
  assert.equal(kept.conversation, "6");
});

test("a message sent while the panel starts is not left behind", async () => {
  const { store, started, arrive } = starting();
  const item = { clientId: "a", conversationId: null, content: "Bonjour", status: "sending", error: null };
  store.dispatch({ type: "outbox.added", item });
  arrive();
  await started;
  assert.equal(store.state.conversation.id, null);
});

/** A panel with conversation 5 open or not, whose server knows no conversation any more. */
function left({ open = 5, outbox = [], drafts = {}, there = [], deleted = [] } = {}) {
  const asked = [];
  const missing = Object.assign(new Error("not found"), { status: 404 });
  const api = {
    messages: async (id) => {
      if (asked.fails) throw asked.fails;
      asked.push(id);
      return there.includes(id)
        ? { conversation: { id }, messages: [], before: null }
        : Promise.reject(missing);
    },
    conversations: async () => ({ conversations: [], next: null }),
    models: async () => ({ models: [], default: null, notice: null }),
    remove: async () => {},
  };
  const kept = { edits: { 5: null }, drafts: { ...drafts } };
  const shelf = {
    draft: (id) => kept.drafts[id] ?? "",
    keepDraft: (id, text) => {
      kept.drafts[id] = text;
    },
    edit: (id) => kept.edits[id] ?? null,
    keepEdit: (id, edit) => {
      kept.edits[id] = edit;
    },
    value: () => "",
    keep() {},
    outbox: () => [],
    deleted: () => deleted,
    written: () =>
      Object.keys(kept.drafts)
        .filter((id) => kept.drafts[id] && Number(id))
        .map(Number),
    forgetWritten: (id) => {
      kept.drafts[id] = "";
    },
  };
  const store = new Store(initialState(1));
  const list = { conversations: [{ id: 5, title: "Cinq" }], next: null };
  store.dispatch({ type: "conversations.loaded", page: list, search: "", more: false });
  store.dispatch({ type: "conversation.opened", id: open, title: "Cinq" });
  for (const item of outbox) store.dispatch({ type: "outbox.added", item });
  const turns = { followOpen() {}, sendNext() {}, restore() {} };
  const told = [];
  const view = { release: () => told.push("release"), gone: (news) => told.push(news) };
  const tabs = { tell() {} };
  return { controller: new Controller({ api, store, shelf, turns, tabs, view }), store, kept, told, asked };
}

const QUEUED = { clientId: "a", conversationId: 5, content: "Ensuite", status: "queued", replaces: 9 };

test("what was written for a conversation that is gone waits in a new one, and is not sent", async () => {
  const { controller, store, kept, told } = left({
    outbox: [QUEUED],
    drafts: { 5: "à moitié", null: "déjà là" },
  });
  kept.edits[5] = { id: 9, text: "corrigé" };
  await controller.reload();
  assert.deepEqual(kept.drafts, { 5: "", null: "déjà là\n\ncorrigé\n\nà moitié" });
  assert.equal(kept.edits[5], null);
  const [item] = store.state.outbox;
  assert.deepEqual(
    [item.conversationId, item.status, item.error.code, item.replaces],
    [null, "failed", "conversation_gone", undefined],
  );
  assert.equal(store.state.conversation.id, null);
  assert.deepEqual(told, ["release", { title: "Cinq", by: "", draft: true, unsent: 1 }]);
});

test("who deleted another conversation is told only where something was written for it", () => {
  const idle = left({ open: 6 });
  idle.controller.changed({ conversationId: 5, list: true, deleted: true, by: "Bob" });
  assert.deepEqual(idle.told, []);
  assert.deepEqual(idle.store.state.conversations.items, []);
  const writing = left({ open: 6, drafts: { 5: "à moitié" } });
  writing.controller.changed({ conversationId: 5, list: true, deleted: true, by: "Bob" });
  assert.deepEqual(writing.told, [{ title: "Cinq", by: "Bob", draft: true, unsent: 0 }]);
  assert.equal(writing.store.state.conversation.id, 6);
});

test("what this page deletes itself is no news", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { controller, told, kept } = left({ drafts: { 5: "à moitié" } });
  controller.remove(5, () => {});
  controller.changed({ conversationId: 5, list: true, deleted: true, by: "moi" });
  context.mock.timers.tick(10_000);
  controller.changed({ conversationId: 5, list: true, deleted: true, by: "moi" });
  assert.deepEqual([told, kept.drafts[5]], [[], "à moitié"]);
});

test("what the page before this one deleted as it went is no news either", async () => {
  const { controller, told, kept } = left({ open: null, drafts: { 7: "à moitié" }, deleted: [7] });
  await controller.start();
  controller.changed({ conversationId: 7, list: true, deleted: true, by: "moi" });
  assert.deepEqual([told, kept.drafts], [[], { 7: "" }]);
});

test("a page that starts finds what waits for a conversation that was deleted meanwhile", async () => {
  const { controller, store, told } = left({ open: null, outbox: [{ ...QUEUED, conversationId: 7 }] });
  await controller.start();
  assert.equal(store.state.outbox[0].conversationId, null);
  assert.equal(told.at(-1).unsent, 1);
});

test("a page that starts finds the draft for a conversation that was deleted meanwhile", async () => {
  const { controller, kept, told } = left({ open: null, drafts: { 7: "à moitié", 8: "là" }, there: [8] });
  await controller.start();
  assert.deepEqual(kept.drafts, { 7: "", 8: "là", null: "à moitié" });
  assert.deepEqual(told, ["release", { title: "", by: "", draft: true, unsent: 0 }]);
});

test("a list that is read anew leads to drafts of what is gone; what is there is asked for once", async () => {
  const { controller, kept, asked } = left({ open: null, there: [7] });
  await controller.start();
  kept.drafts[7] = "plus loin dans la liste";
  kept.drafts[9] = "à moitié";
  await controller.loadConversations();
  await controller.loadConversations();
  await new Promise(setImmediate);
  assert.deepEqual(asked, [7, 9]);
  assert.deepEqual(kept.drafts, { 7: "plus loin dans la liste", 9: "", null: "à moitié" });
  controller.missed();
  await new Promise(setImmediate);
  assert.deepEqual(asked, [7, 9, 7]);
});

test("a refusal is no deletion: the server is asked first", async () => {
  const { controller, store, told } = left({ open: 5, there: [5], outbox: [QUEUED] });
  await controller.confirmGone(5);
  assert.deepEqual([told, store.state.outbox[0].conversationId], [[], 5]);
});

test("a conversation that cannot be read is not opened on the way to an answer of it", async () => {
  const { controller, store, asked } = left({ open: 5, there: [5] });
  const { state } = store;
  asked.fails = Object.assign(new Error("no network"), { code: "network", status: 0 });
  await assert.rejects(controller.reach(6, 12), { code: "network" });
  assert.equal(store.state, state);
  asked.fails = null;
  assert.equal(await controller.reach(6, 12), false); // deleted meanwhile
  assert.equal(store.state.conversation.id, 5);
});

test("an answer is reached while the page opens its conversation by itself", async () => {
  const page = { conversation: { id: 5 }, messages: [ANSWER], before: null };
  for (const startedWith of [5, null]) {
    const store = new Store(initialState(1));
    const api = {
      messages: async () => {
        await null;
        // what opens it by itself was faster
        if (store.state.conversation.id === null) store.dispatch({ type: "conversation.opened", id: 5 });
        return page;
      },
    };
    if (startedWith) store.dispatch({ type: "conversation.opened", id: startedWith });
    const turns = { followOpen() {}, sendNext() {}, restore() {} };
    const controller = new Controller({ api, store, shelf: NO_SHELF, turns, tabs: {}, view: {} });
    assert.equal(await controller.reach(5, 12), true, `started with ${startedWith}`);
    assert.equal(await controller.reach(5, 99), false, "what is not in it is not there");
  }
});

test("a conversation that could not be read is no answer that is not there", async () => {
  const store = new Store(initialState(1));
  store.dispatch({ type: "conversation.opened", id: 5 });
  const api = {
    messages: async () => {
      throw Object.assign(new Error("no network"), { code: "network", status: 0 });
    },
  };
  const turns = { followOpen() {}, sendNext() {}, restore() {} };
  const controller = new Controller({ api, store, shelf: NO_SHELF, turns, tabs: {}, view: {} });
  await assert.rejects(controller.reach(5, 12), { code: "network" });
});

test("what is told of the models is asked for again once an answer shows that it may have changed", async () => {
  const running = { ...ANSWER, status: "streaming" };
  for (const [status, notice, asks] of [
    ["complete", null, 0],
    ["complete", { code: "unreachable", message: "" }, 1],
    ["failed", null, 1],
  ]) {
    const { controller, api, store } = panel();
    let asked = 0;
    api.models = async () => {
      asked += 1;
      return { models: [], default: null, notice };
    };
    Object.assign(NO_SHELF, { value: () => "new", outbox: () => [], written: () => [] });
    Object.assign(controller.turns, { restore() {} });
    await controller.start();
    store.dispatch({ type: "conversation.opened", id: 5, title: "" });
    const page = { conversation: { id: 5 }, messages: [running], before: null };
    store.dispatch({ type: "page.loaded", id: 5, page, older: false });
    asked = 0;
    store.dispatch({ type: "message.replaced", message: { ...running, status, last_seq: 6 } });
    assert.equal(asked, asks, `${status} ${notice?.code}`);
  }
});

test("another version is chosen, read, and told to the other tabs", async () => {
  const { api, store, asked } = panel();
  const told = [];
  api.choose = async (id) => asked.push(`choose ${id}`);
  const turns = { followOpen() {}, sendNext() {} };
  const tabs = { tell: (news) => told.push(news) };
  const controller = new Controller({ api, store, shelf: NO_SHELF, turns, tabs });
  await controller.choose(12);
  assert.deepEqual(asked, ["choose 12", "messages 5"]);
  assert.deepEqual(told, [{ conversationId: 5, proposals: true }]);
});

test("a preview says whose place the message takes", async () => {
  const { controller, api } = panel();
  const bodies = [];
  api.previewContext = async (body) => bodies.push(body);
  await controller.previewContext({ content: "Deux", replaces: 9 });
  await controller.previewContext({ content: "Trois", replaces: null });
  assert.equal(bodies[0].replaces, 9);
  assert.equal(bodies[0].conversation_id, 5);
  assert.ok(!("replaces" in bodies[1]));
});
