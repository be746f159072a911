import assert from "node:assert/strict";
import { test } from "node:test";
import { LookAgain } from "../../chat/static/chat/look_again.js";

function looking(context) {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 100_000 });
  const looks = [];
  return { again: new LookAgain((what) => looks.push(what), 2000), looks };
}

test("who comes back twice in a moment is a single look", (context) => {
  const { again, looks } = looking(context);
  again.now();
  again.now();
  context.mock.timers.tick(5000);
  assert.deepEqual(looks, [{ missed: false }]);
  again.now();
  assert.equal(looks.length, 2);
});

test("what passed by unheard just after a look is looked at when it may be, once", (context) => {
  const { again, looks } = looking(context);
  again.now();
  context.mock.timers.tick(500);
  again.missed();
  again.missed();
  assert.equal(looks.length, 1);
  context.mock.timers.tick(1500);
  assert.deepEqual(looks, [{ missed: false }, { missed: true }]);
  context.mock.timers.tick(5000);
  assert.equal(looks.length, 2);
});

test("a panel that has gone looks no more", (context) => {
  const { again, looks } = looking(context);
  again.missed();
  again.missed();
  again.stop();
  context.mock.timers.tick(5000);
  assert.deepEqual(looks, [{ missed: true }]);
});
