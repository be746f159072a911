import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, reduce } from "../../chat/static/chat/store.js";
import { boundaries } from "../../chat/static/chat/summaries.js";

const message = (id) => ({ id, role: "user", content: "", status: "complete", last_seq: 0, actions: [] });
const summary = (id, up_to) => ({ id, up_to, messages: up_to, text: "- bleu", pinned: [] });
const OPENED = { type: "conversation.opened", id: 5 };
const loaded = (ids, summaries, older = false) => ({
  type: "page.loaded",
  id: 5,
  older,
  page: {
    conversation: { id: 5, title: "Titre" },
    messages: ids.map(message),
    before: null,
    totals: null,
    summaries,
  },
});
const after = (...events) => events.reduce(reduce, initialState(1));
const ids = (state) => state.summaries.map(({ id }) => id);

test("a page brings its summaries, and one above brings more", () => {
  const state = after(OPENED, loaded([30, 31], [summary(2, 30)]), loaded([10, 11], [summary(1, 10)], true));
  assert.deepEqual(ids(state), [1, 2]);
  assert.deepEqual([...boundaries(state).keys()], [10, 30]);
});

test("a summary that the newest page tells no more is gone, one above it stays", () => {
  const known = [loaded([30, 31], [summary(2, 30)]), loaded([10, 11], [summary(1, 10)], true)];
  assert.deepEqual(ids(after(OPENED, ...known, loaded([30, 31], []))), [1]);
});

test("the same again changes nothing, so nothing is drawn", () => {
  const before = after(OPENED, loaded([30], [summary(2, 30)]));
  assert.equal(reduce(before, loaded([30], [summary(2, 30)])).summaries, before.summaries);
});

test("a server that tells none, and another conversation", () => {
  assert.deepEqual(ids(after(OPENED, loaded([1], undefined))), []);
  assert.deepEqual(ids(after(OPENED, loaded([1], [summary(1, 1)]), { ...OPENED, id: 6 })), []);
});

test("of two at one place the later is shown", () => {
  const state = after(OPENED, loaded([30], [summary(1, 30), summary(2, 30)]));
  assert.equal(boundaries(state).get(30).id, 2);
});
