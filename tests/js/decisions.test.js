import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ANSWER, foldEvents } from "../../chat/static/chat/answer.js";
import { Decisions } from "../../chat/static/chat/decisions.js";
import { initialState, Store } from "../../chat/static/chat/store.js";

const proposal = (id, more = {}) => ({
  id,
  position: id,
  path: `${id}.js`,
  action_type: "create_file",
  status: "pending",
  ...more,
});

/** A store with one answer and an API that answers as it is told. */
function scene(answer, actions = [proposal(1), proposal(2)]) {
  const store = new Store(initialState(1));
  const message = { ...EMPTY_ANSWER, id: 9, role: "assistant", status: "complete", actions };
  const page = { conversation: { id: 3, title: "" }, messages: [message], before: null, totals: null };
  store.dispatch({ type: "conversation.opened", id: 3 });
  store.dispatch({ type: "page.loaded", id: 3, page, older: false });
  const seen = { sent: [], told: [], reloads: 0, others: [], decided: [] };
  const send = (...request) => {
    seen.sent.push(request);
    return answer(...request);
  };
  const decisions = new Decisions({
    api: { decideAll: send, decide: send, setMode: send },
    store,
    reload: async () => {
      seen.reloads += 1;
    },
    tell: (name, detail) => seen.told.push([name, detail]),
    channel: { tell: (news) => seen.others.push(news) },
    project: {
      load: async () => {
        seen.reloads += 1;
      },
      decided: (list) => seen.decided.push(list.map(({ id }) => id)),
      find: () => null,
      conversationOf: (messageId) => (messageId === 70 ? 7 : null),
    },
  });
  return {
    store,
    decisions,
    seen,
    statuses: () => store.state.messages[0].actions.map(({ status }) => status),
  };
}

test("what was decided is in the state, told to the page and to the other tabs", async () => {
  const done = [proposal(1, { status: "completed", to: "b.js" })];
  const { decisions, seen, statuses } = scene(async () => ({ revision: 4, actions: done }));
  await decisions.apply(9, [{ id: 1, hash: "h" }]);
  assert.deepEqual(statuses(), ["completed", "pending"]);
  assert.deepEqual(seen.told, [["files-changed", { revision: 4, paths: ["1.js", "b.js"] }]]);
  assert.deepEqual(seen.others, [{ conversationId: 3, proposals: true }]);
  assert.deepEqual(seen.decided, [[1]]);
});

test("what is decided of another conversation is told of that one", async () => {
  const { decisions, seen } = scene(async () => ({ revision: 4, actions: [] }));
  await decisions.applyOne(70, { id: 5, hash: "h" });
  assert.deepEqual(seen.others, [{ conversationId: 7, proposals: true }]);
});

test("an undo says what it was offered for", async () => {
  const { decisions, seen } = scene(
    async () => ({ revision: 4, actions: [] }),
    [proposal(1, { status: "completed" }), proposal(2, { status: "undone" })],
  );
  await decisions.decide("undo", 9);
  await decisions.decide("undo", 9, { actionId: 2 });
  await decisions.decide("undo", 9, { actionId: 2, seen: "completed" });
  assert.deepEqual(
    seen.sent.map(([, , body]) => body.seen),
    ["completed", "undone", "completed"],
  );
});

test("a rejection names what was shown; nothing else does", async () => {
  const { decisions, seen } = scene(async () => ({ revision: null, actions: [] }));
  await decisions.decide("reject", 9, { actionId: 1, hash: "h1" });
  await decisions.decide("undo", 9, { actionId: 1, hash: "h1" });
  assert.deepEqual(seen.sent, [
    ["reject", 1, { hash: "h1" }],
    ["undo", 1, { seen: "undone" }],
  ]);
});

test("what is turned down is what was shown, of one and of all", async () => {
  const actions = [
    proposal(1, { hash: "h1" }),
    proposal(2, { hash: "h2", status: "failed" }),
    proposal(3, { hash: "h3", status: "completed" }),
  ];
  const { decisions, seen } = scene(async () => ({ revision: null, actions: [] }), actions);
  await decisions.decide("reject", 9, { actionId: 1 });
  await decisions.decide("reject", 9, { reason: "non" });
  assert.deepEqual(seen.sent, [
    ["reject", 1, { hash: "h1" }],
    [
      "reject",
      9,
      {
        actions: [
          { id: 1, hash: "h1" },
          { id: 2, hash: "h2" },
        ],
        reason: "non",
      },
    ],
  ]);
});

test("a second click while the first is on its way sends nothing", async () => {
  const { decisions, seen } = scene(async () => ({ revision: 4, actions: [] }));
  const answers = await Promise.all([
    decisions.apply(9, []),
    decisions.apply(9, []),
    decisions.decide("undo", 9),
  ]);
  assert.equal(seen.sent.length, 1);
  assert.deepEqual(answers.slice(1), [null, null]);
  assert.equal(decisions.isBusy(9), false);
});

test("a decision without a revision changes no file", async () => {
  const { decisions, seen } = scene(async () => ({
    revision: null,
    actions: [proposal(1, { status: "rejected" })],
  }));
  await decisions.decide("reject", 9, { actionId: 1, reason: "  no " });
  assert.deepEqual(seen.sent, [["reject", 1, { reason: "no" }]]);
  assert.deepEqual(seen.told, []);
});

test("one that is out of date is read again, and the error is still told", async () => {
  const { decisions, seen, statuses } = scene(async () => {
    throw Object.assign(new Error("stale"), { code: "stale" });
  });
  await assert.rejects(decisions.apply(9, []), { code: "stale" });
  assert.equal(seen.reloads, 2, "the conversation, and what waits in the project");
  assert.deepEqual(statuses(), ["pending", "pending"]);
  assert.equal(decisions.isBusy(9), false);
});

test("a mode that the server does not take is not shown", async () => {
  const { decisions, store } = scene(async () => {
    throw new Error("no");
  });
  const setting = decisions.setMode(3, "auto");
  assert.equal(store.state.conversation.mode, "auto");
  await assert.rejects(setting);
  assert.equal(store.state.conversation.mode, "ask");
});

test("a long proposal is folded in as many steps as it has pieces", () => {
  const started = [1, "action.started", { position: 0, action_type: "create_file", path: "a.js" }];
  const deltas = Array.from({ length: 20_000 }, (_, index) => [
    index + 2,
    "action.delta",
    { position: 0, text: `const value${index} = ${index};\n` },
  ]);
  let answer = foldEvents(EMPTY_ANSWER, [started]);
  for (const event of deltas) answer = foldEvents(answer, [event]);
  assert.equal(answer.actions[0].text, deltas.map(([, , { text }]) => text).join(""));
  assert.equal(Object.isFrozen(EMPTY_ANSWER.actions), true);
  assert.equal(EMPTY_ANSWER.actions.length, 0);
});
