import assert from "node:assert/strict";
import { test } from "node:test";
import { I18n } from "../../chat/static/chat/i18n.js";
import { EVERYTHING, withContent, withHunk } from "../../chat/static/chat/review/choice.js";
import { kindOf, pathText, signOf, statusOf } from "../../chat/static/chat/views/proposal_words.js";

const i18n = new I18n("en");
const HUNKS = [
  [0, 1, 0, 1],
  [4, 5, 4, 5],
];
const proposal = (more = {}) => ({ id: 1, hash: "h", status: "pending", hunks: HUNKS, ...more });
const labelOf = (more, choice) => statusOf(proposal(more), i18n, true, choice).label;

test("a text in the place of a file replaces it", () => {
  const made = { action_type: "create_file", base: null };
  const put = { action_type: "create_file", base: "digest" };
  assert.deepEqual([kindOf(made, i18n), signOf(made)], ["Create", "plus"]);
  assert.deepEqual([kindOf(put, i18n), signOf(put)], ["Replace", "edit"]);
  assert.equal(kindOf({ action_type: "publish_page", label: "Publish the page" }, i18n), "Publish the page");
});

test("what the person has made of a proposal, or means to, is said with its status", () => {
  const one = withHunk(proposal(), EVERYTHING, 0, false);
  const cases = [
    [{}, EVERYTHING, "proposed"],
    [{}, one, "proposed · in part"],
    [{}, withHunk(proposal(), one, 1, false), "proposed · nothing kept"],
    [{}, withContent(proposal(), EVERYTHING, "mine"), "proposed · edited"],
    [{ status: "failed" }, withContent(proposal(), EVERYTHING, "mine"), "failed · edited"],
    [{ status: "completed", taken: [1] }, EVERYTHING, "applied · in part"],
    [{ status: "completed", taken: [0, 1] }, EVERYTHING, "applied"],
    [{ status: "undone", edited: true }, EVERYTHING, "undone · edited"],
    // taken up again: what it was once applied with is no more than that
    [{ edited: true, taken: [1] }, EVERYTHING, "proposed"],
    [{ status: "rejected", edited: true }, one, "rejected"],
  ];
  for (const [more, choice, expected] of cases) assert.equal(labelOf(more, choice), expected);
});

test("a file that moves is named by both its names", () => {
  assert.equal(pathText({ path: "a.js", to: "b.js" }), "a.js → b.js");
  assert.equal(pathText({ path: "a.js", to: null }), "a.js");
});
