import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeSet } from "@codemirror/state";
import { Asked } from "../../static/editor/inline_review/asked.js";
import { Done } from "../../static/editor/inline_review/done.js";
import { movedRange, placeHunks } from "../../static/editor/inline_review/place.js";
import { barOf, canShow } from "../../static/editor/inline_review/said.js";
import { choicesOf, Which } from "../../static/editor/inline_review/which.js";

const BEFORE = "a\nb\nc\nd\ne\n";
const AFTER = "a\nB\nc\nd\ne\nf\n";
const HUNKS = [
  [1, 2, 1, 2],
  [5, 5, 5, 6],
];
const place = (now, given = {}) => placeHunks({ before: BEFORE, after: AFTER, hunks: HUNKS, ...given }, now);
const at = (now, { from, to }) => now.slice(from, to);

test("in the text that it was made for a hunk stands at its lines", () => {
  const [one, two] = place(BEFORE);
  assert.equal(at(BEFORE, one), "b\n");
  assert.deepEqual([one.added, one.isTouched], [["B"], false]);
  assert.deepEqual([two.from, two.to, two.added], [BEFORE.length, BEFORE.length, ["f"]]);
});

test("a text that has moved on moves the hunks along", () => {
  const now = "neu\na\nb\nc\nd!\ne\n";
  const [one, two] = place(now);
  assert.equal(at(now, one), "b\n");
  assert.equal(two.from, now.length);
  assert.ok(!one.isTouched && !two.isTouched);
});

test("a place that somebody has changed is said to be changed", () => {
  const [one, two] = place("a\nbb\nc\nd\ne\n");
  assert.deepEqual([one.isTouched, two.isTouched], [true, false]);
  const [gone] = place("a\nc\nd\ne\n");
  assert.ok(gone.isTouched && gone.to >= gone.from);
});

test("a text without a last line break, an empty one, and one that goes as a whole", () => {
  const tail = placeHunks({ before: "a\nb", after: "a\nc", hunks: [[1, 2, 1, 2]] }, "a\nb");
  assert.deepEqual([tail[0].from, tail[0].to, tail[0].added], [2, 3, ["c"]]);
  const empty = placeHunks({ before: "", after: "x\ny\n", hunks: [[0, 0, 0, 2]] }, "");
  assert.deepEqual([empty[0].from, empty[0].to, empty[0].added], [0, 0, ["x", "y"]]);
  const gone = placeHunks({ before: "a\nb\n", after: "", hunks: [[0, 2, 0, 0]] }, "a\nb\n");
  assert.deepEqual([gone[0].from, gone[0].to, gone[0].added], [0, 4, []]);
});

test("typing beside a hunk is not typing in it", () => {
  const range = { from: 4, to: 8 };
  const insert = (from, text) => ChangeSet.of({ from, insert: text }, 20);
  assert.deepEqual(movedRange(range, insert(0, "xx")), { from: 6, to: 10, isTouched: false });
  assert.deepEqual(movedRange(range, insert(12, "xx")), { from: 4, to: 8, isTouched: false });
  assert.equal(movedRange(range, insert(6, "x")).isTouched, true);
  assert.equal(movedRange({ ...range, isTouched: true }, insert(12, "x")).isTouched, true);
});

const proposal = {
  canApply: true,
  edited: false,
  action_type: "modify_file",
  hunks: HUNKS,
  status: "pending",
};
const bar = (given) =>
  barOf({
    proposal,
    done: null,
    isOn: false,
    isDirty: false,
    hasMoved: false,
    canWrite: true,
    kept: 2,
    ...given,
  });

test("only the model's own changes of a text are shown in it; for all else there is the review", () => {
  assert.ok(canShow(proposal));
  for (const other of [
    { canApply: false },
    { edited: true },
    { action_type: "delete_file" },
    { hunks: [] },
  ]) {
    assert.ok(!canShow({ ...proposal, ...other }));
    assert.deepEqual(bar({ proposal: { ...proposal, ...other } }).buttons, ["pane"]);
  }
  assert.deepEqual(bar({}).buttons, ["start", "pane"]);
});

test("what is not saved is saved first, and nothing kept is nothing to apply", () => {
  assert.deepEqual(bar({ isOn: true }).buttons, ["previous", "next", "apply", "reject", "pane", "stop"]);
  const dirty = bar({ isOn: true, isDirty: true });
  assert.ok(dirty.buttons.includes("save") && !dirty.buttons.includes("apply"));
  assert.deepEqual(dirty.notes, ["inline.dirty"]);
  const none = bar({ isOn: true, kept: 0 });
  assert.ok(!none.buttons.includes("apply") && none.buttons.includes("reject"));
  assert.deepEqual(bar({ isOn: true, hasMoved: true }).notes, ["inline.moved"]);
});

test("who may not write may read it through", () => {
  assert.deepEqual(bar({ isOn: true, canWrite: false }).buttons, ["previous", "next", "pane", "stop"]);
});

test("what was done can be taken back", () => {
  assert.deepEqual(bar({ done: { what: "apply", revision: 3 } }).buttons, ["undo", "another", "dismiss"]);
  assert.deepEqual(bar({ done: { what: "undo", revision: 4 } }).buttons, ["redo", "another", "dismiss"]);
  assert.deepEqual(bar({ done: { what: "reject" } }).buttons, ["reopen", "another", "dismiss"]);
  assert.deepEqual(bar({ proposal: null, done: { what: "reject" } }).buttons, ["reopen", "dismiss"]);
  assert.equal(bar({ proposal: null }), null);
});

test("one of another conversation says whose it is and leads there; several are to choose from", () => {
  const other = { ...proposal, id: 2, isElsewhere: true };
  const alone = bar({ proposal: other, origin: "« A », hier", choices: [{ id: 2, label: "« A », hier" }] });
  assert.deepEqual(alone.notes, [["inline.of", { origin: "« A », hier" }]]);
  assert.deepEqual(alone.buttons, ["start", "pane", "conversation"]);
  assert.equal(alone.which, null);
  const choices = [
    { id: 2, label: "« A », hier" },
    { id: 1, label: "« B », hier" },
  ];
  assert.deepEqual(bar({ proposal: other, choices }).which, { choices, chosen: 2 });
  assert.deepEqual(bar({ proposal: other, choices }).notes, []);
});

test("the newest is in sight until one is chosen; what comes later does not take its place", () => {
  const which = new Which();
  assert.equal(which.of("a.js", []), null);
  assert.equal(which.of("a.js", [{ id: 2 }, { id: 1 }]).id, 2);
  which.choose({ path: "a.js", id: 2 });
  assert.equal(which.of("a.js", [{ id: 3 }, { id: 2 }, { id: 1 }]).id, 2);
  assert.equal(which.of("a.js", [{ id: 3 }, { id: 1 }]).id, 3);
  assert.equal(which.of("b.js", [{ id: 3 }, { id: 2 }]).id, 3);
});

test("choices that read alike are numbered; what is being written is none", () => {
  const t = (key, { title, when } = {}) => (key === "inline.origin" ? `${title} ${when}` : key);
  const made = (id, more = {}) => ({
    id,
    conversationTitle: "A",
    created_at: "2026-11-22T10:00:00Z",
    ...more,
  });
  const labels = choicesOf(
    [{ conversationTitle: "A" }, made(2), made(1), made(3, { conversationTitle: "B" })],
    {
      t,
      language: "fr",
    },
  );
  assert.deepEqual(
    labels.map(({ id }) => id),
    [2, 1, 3],
  );
  assert.match(labels[0].label, /^A .* · n° 2$/);
  assert.doesNotMatch(labels[2].label, /n°/);
});

test("what was done stands until something new is proposed", () => {
  const done = new Done();
  done.keep("a.js", { what: "reject", id: 1 }, [{ id: 2 }]);
  done.settle("a.js", [{ id: 2 }]);
  assert.equal(done.of("a.js").id, 1);
  done.settle("a.js", [{ id: 3 }, { id: 2 }]);
  assert.equal(done.of("a.js"), null);
});

test("a reason waits with its file, and is given back when its proposal is another", () => {
  const asked = new Asked();
  asked.begin("a.js", { id: 1, hash: "x" });
  asked.write("a.js", "Trop long");
  asked.write("b.js", "nobody asked");
  assert.equal(asked.settle("b.js", { id: 2, hash: "y" }), null);
  assert.equal(asked.settle("b.js", null), null);
  assert.equal(asked.settle("a.js", { id: 1, hash: "x", busy: true }), null);
  assert.equal(asked.of("a.js").reason, "Trop long");
  assert.equal(asked.settle("a.js", { id: 1, hash: "z" }).reason, "Trop long");
  assert.equal(asked.of("a.js"), null);
  asked.begin("a.js", { id: 1, hash: "x" });
  assert.equal(asked.settle("a.js", null).reason, "");
});
