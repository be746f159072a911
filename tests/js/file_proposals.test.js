import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ANSWER } from "../../chat/static/chat/answer.js";
import { FileProposals } from "../../chat/static/chat/file_proposals.js";
import { ProjectProposals } from "../../chat/static/chat/project_proposals.js";
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

/** One of another conversation, as the server lists it. */
const waiting = (id, path, messageId, more = {}) => ({
  ...proposal(id, path),
  message_id: messageId,
  conversation_id: 8,
  conversation_title: "Ailleurs",
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
  const listed = { proposals: [], reads: 0 };
  const api = {
    proposals: async () => {
      listed.reads += 1;
      return { proposals: listed.proposals, more: false };
    },
  };
  const timers = [];
  const wait = (run) => timers.push(run);
  const project = new ProjectProposals({ api, store, onChange: () => {}, wait });
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
  const failures = [];
  host.failed = (error) => failures.push(error.code);
  const proposals = new FileProposals({ store, project, decisions, host, tell });
  return { proposals, project, listed, timers, sent, told, failures, store };
}

test("a path that a file would get leads to what would give it", async () => {
  const rename = proposal(1, "a.js", { action_type: "rename_file", to: "b.js" });
  const { proposals, sent } = scene({
    actions: [rename, proposal(2, "c.js", { action_type: "create_file" })],
  });
  assert.deepEqual(proposals.created, ["c.js", "b.js"]);
  assert.equal(await proposals.review("b.js"), true);
  assert.deepEqual(sent, [["review", 1, 1]]);
  assert.equal(await proposals.review("d.js"), false);
});

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
  assert.deepEqual(told, [["proposals", { paths: { "a.js": 1 }, elsewhere: {}, created: [] }]]);
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
  await proposals.decide("reject", 1, { reason: "Trop long", hash: "h1" });
  assert.equal(await proposals.review("a.js"), true);
  assert.equal(await proposals.review("c.js"), false);
  assert.deepEqual(sent, [
    ["reject", 1, { actionId: 1, reason: "Trop long", hash: "h1", seen: undefined }],
    ["review", 2, 7],
  ]);
});

test("what other conversations propose is there too, and says whose it is", async () => {
  const { proposals, project, listed } = scene({ actions: [proposal(1, "a.js")] });
  // the first is of the open conversation's loaded answer, which is known better here
  listed.proposals = [
    waiting(1, "a.js", 1, { conversation_id: 3 }),
    waiting(20, "a.js", 50),
    waiting(21, "__proto__", 50),
  ];
  await project.load();
  assert.deepEqual(
    proposals
      .of("a.js")
      .map(({ id, isElsewhere, conversationTitle }) => [id, isElsewhere, conversationTitle]),
    [
      [20, true, "Ailleurs"],
      [1, false, ""],
    ],
  );
  assert.deepEqual(Object.entries(proposals.paths), [
    ["__proto__", 1],
    ["a.js", 2],
  ]);
  assert.deepEqual(Object.entries(proposals.elsewhere), [
    ["__proto__", ["Ailleurs"]],
    ["a.js", ["Ailleurs"]],
  ]);
});

test("it is decided on from here, and taken back, though its conversation is not open", async () => {
  const { proposals, project, listed, sent, failures } = scene();
  listed.proposals = [waiting(20, "a.js", 50)];
  await project.load();
  await proposals.apply(20, "h20");
  project.decided([{ id: 20, status: "completed" }]);
  assert.deepEqual(proposals.of("a.js"), []);
  await proposals.decide("undo", 20);
  assert.equal(await proposals.decide("undo", 99), null);
  assert.deepEqual(failures, ["stale"], "what cannot be done is said");
  assert.deepEqual(sent, [
    [50, { id: 20, hash: "h20" }],
    ["undo", 50, { actionId: 20, reason: "", hash: undefined, seen: undefined }],
  ]);
  project.decided([{ id: 20, status: "pending" }]);
  assert.deepEqual(
    proposals.of("a.js").map(({ id }) => id),
    [20],
    "taken up again it waits again",
  );
});

test("many news are one question, and an answer that is older than a decision is dropped", async () => {
  const { project, listed, timers, proposals } = scene();
  listed.proposals = [waiting(20, "a.js", 50)];
  for (let news = 0; news < 5; news += 1) project.refresh();
  assert.equal(timers.length, 1);
  await timers.pop()();
  assert.equal(listed.reads, 1);
  const late = project.load();
  project.decided([{ id: 20, status: "rejected" }]);
  await late;
  assert.deepEqual(proposals.of("a.js"), []);
});

test("a decision is about what was shown: another hash is sent as it was seen", async () => {
  const { proposals, sent } = scene({ actions: [proposal(1, "a.js")] });
  await proposals.apply(1, "seen before");
  assert.deepEqual(sent, [[1, { id: 1, hash: "seen before" }]]);
});
