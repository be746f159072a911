import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applying,
  applyingAll,
  canApply,
  choiceFor,
  choiceOfApplied,
  EVERYTHING,
  inTheWay,
  isReady,
  keepsSomething,
  tally,
  withContent,
  withHunk,
} from "../../chat/static/chat/review/choice.js";
import { commandOf, HELP, isWriting } from "../../chat/static/chat/review/keymap.js";
import { lineDiff, linesOf } from "../../chat/static/chat/review/line_diff.js";
import { isUnsettled, merged3 } from "../../chat/static/chat/review/merge3.js";
import { Outcomes } from "../../chat/static/chat/review/outcomes.js";
import { firstRows, sections, sideBySide, unified } from "../../chat/static/chat/review/rows.js";
import { sizeOf } from "../../chat/static/chat/review/size.js";
import { wantedEdits } from "../../chat/static/chat/review/wanted.js";

const HUNKS = [
  [0, 1, 0, 1],
  [4, 4, 4, 6],
  [9, 10, 11, 11],
];
const action = (more = {}) => ({
  id: 7,
  hash: "h",
  status: "pending",
  action_type: "modify_file",
  hunks: HUNKS,
  ...more,
});
const LABELS = { mine: "mine", theirs: "theirs" };

test("without a choice all of it is applied", () => {
  assert.deepEqual(applying(action(), EVERYTHING), { id: 7, hash: "h" });
});

test("a hunk that is left out and taken back leaves no trace", () => {
  const out = withHunk(action(), EVERYTHING, 1, false);
  assert.deepEqual(applying(action(), out), { id: 7, hash: "h", hunks: [0, 2] });
  assert.deepEqual(applying(action(), withHunk(action(), out, 1, true)), { id: 7, hash: "h" });
  assert.deepEqual(withHunk(action(), withHunk(action(), out, 2, false), 2, false).dropped, [1, 2]);
});

test("an edited text goes instead of hunks", () => {
  const edited = withContent(action(), withHunk(action(), EVERYTHING, 0, false), "mine");
  assert.deepEqual(applying(action(), edited), { id: 7, hash: "h", content: "mine" });
});

test("what was applied and taken back is chosen as it was", () => {
  assert.equal(choiceOfApplied(action(), null), null);
  assert.equal(choiceOfApplied(action({ taken: [0, 1, 2] }), null), null);
  assert.deepEqual(choiceOfApplied(action({ taken: [1] }), null), {
    hash: "h",
    dropped: [0, 2],
    content: null,
  });
  const edited = action({ edited: true, taken: null });
  assert.deepEqual(choiceOfApplied(edited, "mine"), { hash: "h", dropped: [], content: "mine" });
  assert.equal(choiceOfApplied(edited, null), null, "no text, nothing to begin with");
});

test("the lines of a proposal are those of what is chosen of it", () => {
  const all = action({ added: 3, removed: 2 });
  assert.deepEqual(pick(sizeOf(all, EVERYTHING, "")), [3, 2]);
  assert.deepEqual(pick(sizeOf(all, withHunk(all, EVERYTHING, 1, false), "")), [1, 2]);
  const own = withContent(all, EVERYTHING, "a\nB\nC\n");
  assert.deepEqual(pick(sizeOf(all, own, "a\nb\n")), [2, 1]);
  assert.deepEqual(pick(sizeOf(all, own, undefined)), [undefined, undefined]);
  assert.deepEqual(pick(sizeOf(action({ status: "completed", added: 9, removed: 8 }), own, "a\n")), [9, 8]);
});

const pick = ({ added, removed }) => [added, removed];

test("a kept choice holds for the proposal it was made of", () => {
  const kept = { hash: "h", dropped: [1, 99, -1, "x"], content: null };
  assert.deepEqual(choiceFor(action(), kept).dropped, [1]);
  assert.deepEqual(choiceFor(action({ hash: "other" }), kept).dropped, []);
  assert.equal(choiceFor(action({ hash: "other" }), { ...kept, content: "mine" }).content, "mine");
  for (const broken of [null, 3, "x", [], { dropped: 4 }])
    assert.deepEqual(choiceFor(action(), broken).dropped, []);
});

test("what is cut, decided or failed is not applied as it is, but a text of one's own is", () => {
  for (const more of [
    { incomplete: true },
    { status: "failed" },
    { status: "completed" },
    { status: "rejected" },
  ])
    assert.equal(canApply(action(more)), false);
  const own = withContent(action(), EVERYTHING, "mine");
  assert.equal(isReady(action({ status: "failed" }), own), true);
  assert.equal(isReady(action({ incomplete: true }), own), true);
  assert.equal(isReady(action({ status: "completed" }), own), false);
  assert.equal(isReady(action({ status: "failed", action_type: "delete_file" }), own), false);
});

test("nothing kept is nothing applied", () => {
  const none = HUNKS.reduce((choice, _, hunk) => withHunk(action(), choice, hunk, false), EVERYTHING);
  assert.equal(keepsSomething(action(), none), false);
  assert.deepEqual(
    applyingAll([action()], () => none),
    [],
  );
  assert.deepEqual(
    tally([action()], () => none),
    { files: 1, hunks: 3, kept: 0 },
  );
});

test("one that failed is in the way until it is put right", () => {
  const failed = action({ id: 8, status: "failed" });
  assert.deepEqual(
    inTheWay([action(), failed], () => EVERYTHING),
    [failed],
  );
  assert.deepEqual(
    inTheWay([action(), failed], () => withContent(failed, EVERYTHING, "x")),
    [],
  );
});

test("keys are letters as they are written, and none with a modifier", () => {
  assert.equal(commandOf({ key: "a" }), "keep");
  assert.equal(commandOf({ key: "A", shiftKey: true }), "applyFile");
  assert.equal(commandOf({ key: "A" }), "keep", "Caps Lock is no Shift");
  assert.equal(commandOf({ key: "a", ctrlKey: true }), null);
  assert.equal(commandOf({ key: "Enter", ctrlKey: true }), "applyAll");
  assert.equal(commandOf({ key: "Enter", metaKey: true }), "applyAll");
  assert.equal(commandOf({ key: "Enter" }), null);
  assert.equal(commandOf({ key: "j", repeat: true }), "next");
  assert.equal(
    commandOf({ key: "A", shiftKey: true, repeat: true }),
    null,
    "a key held down applies nothing",
  );
  assert.equal(new Set(HELP.map(([key]) => key)).size, HELP.length);
  assert.equal(isWriting({ tagName: "INPUT" }), true);
  assert.equal(isWriting({ tagName: "DIV", isContentEditable: true }), true);
  assert.equal(isWriting({ tagName: "BUTTON" }), false);
});

const text = (lines) => `${lines.join("\n")}\n`;
const numbers = Array.from({ length: 30 }, (_, index) => `line ${index}`);

test("rows are the lines of both files, each once, with their numbers", () => {
  const before = text(numbers);
  const after = text(
    numbers.flatMap((line, index) => (index === 10 ? ["new", "newer"] : index === 20 ? [] : [line])),
  );
  const hunks = lineDiff(before, after);
  assert.deepEqual(hunks, [
    [10, 11, 10, 12],
    [20, 21, 21, 21],
  ]);
  const rows = unified(sections({ before, after, hunks }, { full: true }));
  assert.deepEqual(
    rows.filter(({ a }) => a !== null).map((row) => row.text),
    linesOf(before),
  );
  assert.deepEqual(
    rows.filter(({ b }) => b !== null).map((row) => row.text),
    linesOf(after),
  );
  assert.deepEqual(firstRows(rows), [10, 22]);
});

test("what does not change is folded but for three lines, and opens", () => {
  const given = { before: text(numbers), after: text(numbers.with(15, "x")), hunks: [[15, 16, 15, 16]] };
  const folded = unified(sections(given));
  assert.deepEqual(
    folded.filter(({ kind }) => kind === "fold").map(({ hidden }) => hidden),
    [12, 11],
  );
  assert.equal(folded.length, 3 + 2 + 3 + 2);
  const opened = unified(sections(given, { open: new Set([0]) }));
  assert.equal(opened.length, 15 + 2 + 3 + 1);
});

test("side by side both sides have as many rows", () => {
  const given = {
    before: text(["a", "b", "c"]),
    after: text(["a", "1", "2", "3", "c"]),
    hunks: [[1, 2, 1, 4]],
  };
  const { left, right } = sideBySide(sections(given));
  assert.equal(left.length, right.length);
  assert.deepEqual(
    left.map(({ kind }) => kind),
    ["same", "removed", "filler", "filler", "same"],
  );
});

test("a new file, a deleted one, line ends and a missing last one", () => {
  const created = sections({ before: "", after: "a\nb\n", hunks: [[0, 0, 0, 2]] });
  assert.deepEqual(
    unified(created).map(({ kind }) => kind),
    ["added", "added"],
  );
  const deleted = sections({ before: "a\n", after: "", hunks: [[0, 1, 0, 0]] });
  assert.deepEqual(
    unified(deleted).map(({ kind }) => kind),
    ["removed"],
  );
  const windows = unified(sections({ before: "a\r\n", after: "a\n", hunks: [[0, 1, 0, 1]] }));
  assert.deepEqual(
    windows.map(({ note, text: shown }) => [shown, note]),
    [
      ["a", "crlf"],
      ["a", null],
    ],
  );
  const open = unified(sections({ before: "a\n", after: "a", hunks: lineDiff("a\n", "a") }));
  assert.deepEqual(
    open.map(({ note }) => note),
    [null, "no_newline"],
  );
});

test("hunks that do not fit the texts break nothing", () => {
  for (const hunks of [[[5, 9, 0, 1]], [[0, 1, 7, 9]], []])
    assert.ok(
      unified(sections({ before: "a\n", after: "b\n", hunks })).every(
        ({ text: shown }) => typeof shown === "string",
      ),
    );
});

test("a merge takes what one side changed and marks what both did", () => {
  const base = text(numbers);
  const mine = text(numbers.with(2, "mine").with(25, "mine too"));
  const theirs = text(numbers.with(10, "theirs"));
  const both = merged3({ base, mine, theirs }, LABELS);
  assert.equal(both, text(numbers.with(2, "mine").with(25, "mine too").with(10, "theirs")));
  assert.equal(isUnsettled(both), false);
  const clash = merged3({ base, mine, theirs: text(numbers.with(2, "theirs")) }, LABELS);
  assert.equal(isUnsettled(clash), true);
  assert.match(clash, /<<<<<<< theirs\ntheirs\n=======\nmine\n>>>>>>> mine\n/);
  assert.equal(merged3({ base, mine, theirs: mine }, LABELS), mine);
  assert.equal(merged3({ base, mine: base, theirs }, LABELS), theirs);
  assert.equal(merged3({ base: "", mine: "a\n", theirs: "a\n" }, LABELS), "a\n");
});

test("many kinds of lines are still told apart", () => {
  const lines = Array.from({ length: 60_000 }, (_, index) => `kind ${index}`);
  const hunks = lineDiff(text(lines), text(lines.with(30_000, "other")));
  assert.ok(hunks.some(([from, to]) => from <= 30_000 && to > 30_000));
});

test("what the model meant to write is read from its last call about the file", () => {
  const call = (path, replace, name = "modify_file") => ({
    name,
    arguments: JSON.stringify({ path, edits: [{ search: "a", replace }] }),
  });
  assert.deepEqual(wantedEdits([call("x", "1"), call("y", "2"), call("x", "3")], "x"), [
    { search: "a", replace: "3" },
  ]);
  for (const broken of [
    null,
    undefined,
    [],
    [{}],
    [{ arguments: "{" }],
    [{ arguments: '{"path":"x","edits":[1]}' }],
  ])
    assert.deepEqual(wantedEdits(broken, "x"), []);
});

test("what is being made of a conflict outlives a look elsewhere, until a side changes or it is settled", async () => {
  const action = { id: 3, hash: "h", hunks: [] };
  const conflict = (theirs) => ({
    id: 3,
    path: "a",
    base: { text: "b" },
    mine: { text: "m" },
    theirs: { text: theirs },
  });
  const refuse = (theirs) => {
    throw { code: "conflict", details: { conflicts: [conflict(theirs)] } };
  };
  let answer = () => refuse("t");
  const outcomes = new Outcomes({
    decisions: { applyOne: async () => answer() },
    choices: { of: () => ({ dropped: [], content: null }), forget() {} },
    onNews() {},
  });
  await outcomes.apply({ id: 1 }, action);
  assert.equal(outcomes.conflictOf(action).text, null);
  outcomes.conflictOf(action).text = "écrit";
  for (const leave of [() => outcomes.clear(), () => outcomes.leaveConflict(action)]) {
    leave();
    assert.equal(outcomes.conflictOf(action), null);
    await outcomes.apply({ id: 1 }, action);
    assert.equal(outcomes.conflictOf(action).text, "écrit");
  }
  answer = () => refuse("t2");
  await outcomes.apply({ id: 1 }, action);
  assert.equal(outcomes.conflictOf(action).text, null);
  outcomes.conflictOf(action).text = "encore";
  answer = () => ({ actions: [action] });
  await outcomes.apply({ id: 1 }, action);
  answer = () => refuse("t2");
  await outcomes.apply({ id: 1 }, action);
  assert.equal(outcomes.conflictOf(action).text, null);
});
