import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ANSWER } from "../../chat/static/chat/answer.js";
import { FileProposals } from "../../chat/static/chat/file_proposals.js";
import { Choices } from "../../chat/static/chat/review/choices.js";
import { initialState, Store } from "../../chat/static/chat/store.js";

const proposal = (id, path, more = {}) => ({
  id,
  position: id,
  path,
  hash: `h${id}`,
  hunks: [
    [0, 1, 0, 1],
    [4, 5, 4, 5],
  ],
  action_type: "modify_file",
  status: "pending",
  ...more,
});

/** An answer for each list of proposals; what is sent is kept, and answered as the API does. */
function scene(...answers) {
  const store = new Store(initialState(1));
  const messages = answers.map(({ status = "complete", actions }, index) => ({
    ...EMPTY_ANSWER,
    id: index + 1,
    role: "assistant",
    status,
    actions,
  }));
  const page = { conversation: { id: 3, title: "" }, messages, before: null, totals: null };
  store.dispatch({ type: "conversation.opened", id: 3 });
  store.dispatch({ type: "page.loaded", id: 3, page, older: false });
  const sent = [];
  const told = [];
  const shelf = { choice: () => null, keepChoice() {} };
  const decisions = {
    isBusy: () => false,
    applyOne: (...given) => sent.push(given) && { revision: 2 },
    decide: (...given) => sent.push(given) && {},
  };
  const host = {
    choices: new Choices(shelf),
    try: (_what, _message, _about, request) => request(),
    review: (...given) => sent.push(["review", ...given]),
  };
  const tell = (...news) => told.push(news);
  return { proposals: new FileProposals({ store, decisions, host, tell }), sent, told };
}

test("a file's open proposals, the newest first, and nothing that is decided", () => {
  const { proposals } = scene(
    { actions: [proposal(1, "a.js"), proposal(2, "b.js"), proposal(3, "a.js", { status: "rejected" })] },
    { actions: [proposal(4, "a.js")] },
    {
      status: "streaming",
      actions: [{ position: 0, path: "a.js", action_type: "modify_file", status: "writing" }],
    },
  );
  const found = proposals.of("a.js");
  assert.deepEqual(
    found.map(({ id, canApply }) => [id, canApply]),
    [
      [undefined, false],
      [4, true],
      [1, true],
    ],
  );
  assert.deepEqual(proposals.paths, { "a.js": 3, "b.js": 1 });
});

test("what was cut, or is of an answer that is not whole yet, cannot be applied", () => {
  const { proposals } = scene(
    {
      status: "stopped",
      actions: [proposal(1, "a.js", { incomplete: true }), { path: "a.js", status: "writing" }],
    },
    { status: "streaming", actions: [proposal(2, "a.js")] },
  );
  assert.deepEqual(
    proposals.of("a.js").map(({ id, canApply }) => [id, canApply]),
    [
      [2, false],
      [1, false],
    ],
  );
});

test("what is applied is what was shown, without the hunks that were left out", async () => {
  const { proposals, sent, told } = scene({ actions: [proposal(1, "a.js")] });
  proposals.keep(1, 0, false);
  assert.equal(proposals.isKept(1, 0), false);
  assert.deepEqual(told, [["proposals", { paths: { "a.js": 1 } }]]);
  await proposals.apply(1);
  assert.deepEqual(sent, [[1, { id: 1, hash: "h1", hunks: [1] }]]);
  assert.equal(proposals.isKept(1, 0), true, "a choice that was applied is forgotten");
});

test("where nothing is kept nothing is sent", async () => {
  const { proposals, sent } = scene({ actions: [proposal(1, "a.js")] });
  proposals.keep(1, 0, false);
  proposals.keep(1, 1, false);
  assert.equal(await proposals.apply(1), null);
  assert.equal(await proposals.apply(99), null);
  assert.deepEqual(sent, []);
});

test("a rejection takes its reason along; the review opens at the newest", async () => {
  const { proposals, sent } = scene({ actions: [proposal(1, "a.js")] }, { actions: [proposal(7, "a.js")] });
  await proposals.decide("reject", 1, "Trop long");
  assert.equal(await proposals.review("a.js"), true);
  assert.equal(await proposals.review("c.js"), false);
  assert.deepEqual(sent, [
    ["reject", 1, { actionId: 1, reason: "Trop long" }],
    ["review", 2, 7],
  ]);
});
