import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Shelf } from "../../chat/static/chat/shelf.js";

/** As browsers have it: keys are the object's own properties, and come in any order. */
class FakeStorage {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, value) {
    this[key] = String(value);
  }

  removeItem(key) {
    delete this[key];
  }
}

const item = (clientId, at, more = {}) => ({
  clientId,
  at,
  conversationId: 5,
  content: `text of ${clientId}`,
  status: "queued",
  ...more,
});
const ids = (shelf) => shelf.outbox().map(({ clientId }) => clientId);

beforeEach(() => {
  globalThis.localStorage = new FakeStorage();
  globalThis.sessionStorage = new FakeStorage();
});

test("no tab takes away what another keeps", () => {
  const [x, y] = [item("x", 1), item("y", 2)];
  new Shelf(1).keepOutbox([x], []);
  const other = new Shelf(1);
  other.keepOutbox([y], []);
  assert.deepEqual(ids(new Shelf(1)), ["x", "y"]);
  other.keepOutbox([], [y]);
  assert.deepEqual(new Shelf(1).outbox(), [x]);
});

test("a tab writes only what changed in it", () => {
  const [x, y] = [item("x", 1), item("y", 2)];
  const here = new Shelf(1);
  here.keepOutbox([x], []);
  new Shelf(1).keepOutbox([], [x]); // another tab has sent it
  here.keepOutbox([x, y], [x]);
  assert.deepEqual(ids(here), ["y"]);
  const failed = { ...y, status: "failed" };
  here.keepOutbox([x, failed], [x, y]);
  assert.deepEqual(here.outbox(), [failed]);
});

test("unsent messages come back in the order in which they were written", () => {
  const shelf = new Shelf(1);
  for (const one of [item("b", 12), item("a", 11), item("c", 10)]) shelf.keepOutbox([one], []);
  assert.deepEqual(ids(shelf), ["c", "a", "b"]);
});

test("projects are apart", () => {
  new Shelf(1).keepOutbox([item("x", 1)], []);
  new Shelf(11).keepOutbox([item("y", 1)], []);
  assert.deepEqual(ids(new Shelf(1)), ["x"]);
  assert.deepEqual(ids(new Shelf(11)), ["y"]);
});

test("what an older panel kept under one key is found, once", () => {
  const old = [{ clientId: "z", content: "un" }, { clientId: "a", content: "deux" }, { clientId: "no text" }];
  localStorage.setItem("webox-chat:1:outbox", JSON.stringify(old));
  const shelf = new Shelf(1);
  assert.deepEqual(ids(shelf), ["z", "a"]);
  assert.equal(localStorage.getItem("webox-chat:1:outbox"), null);
  shelf.keepOutbox([], shelf.outbox());
  assert.deepEqual(ids(shelf), []);
});

test("what can't be read, and a browser without storage, take nothing else away", () => {
  const shelf = new Shelf(1);
  shelf.keepOutbox([item("x", 1)], []);
  localStorage.setItem("webox-chat:1:outbox:y", "{half");
  assert.deepEqual(ids(shelf), ["x"]);
  localStorage.setItem("webox-chat:1:outbox", "{half");
  assert.deepEqual(ids(shelf), ["x"]);
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get: () => {
      throw new Error("forbidden");
    },
  });
  assert.deepEqual(shelf.outbox(), []);
  shelf.keepOutbox([item("x", 1)], []);
  Object.defineProperty(globalThis, "localStorage", { configurable: true, writable: true, value: null });
});

test("an edit is kept beside the draft, until it is sent or left", () => {
  const shelf = new Shelf(1);
  shelf.keepDraft(5, "un brouillon");
  shelf.keepEdit(5, { id: 11, text: "" });
  assert.deepEqual(new Shelf(1).edit(5), { id: 11, text: "" });
  assert.equal(shelf.draft(5), "un brouillon");
  assert.equal(shelf.edit(6), null);
  shelf.keepEdit(5, null);
  assert.equal(shelf.edit(5), null);
  for (const broken of ["{half", '{"id":"11","text":"x"}', "[]", '{"id":11}']) {
    localStorage.setItem("webox-chat:1:edit:5", broken);
    assert.equal(shelf.edit(5), null);
  }
});

test("a tab that wrote nothing leaves the draft of another tab", () => {
  const [here, there] = [new Shelf(1), new Shelf(1)];
  for (const shelf of [here, there]) assert.equal(shelf.draft(5), "");
  there.keepDraft(5, "écrit là-bas");
  here.keepDraft(5, ""); // its box is empty, and the page goes away
  assert.equal(new Shelf(1).draft(5), "écrit là-bas");
  assert.equal(here.draft(5), "écrit là-bas");
  there.keepDraft(5, "écrit là-bas, et plus");
  here.keepDraft(5, "écrit là-bas"); // its box is older
  assert.equal(new Shelf(1).draft(5), "écrit là-bas, et plus");
});

test("an emptied box takes away its own draft, not one that another tab has written since", () => {
  const [here, there] = [new Shelf(1), new Shelf(1)];
  here.keepDraft(5, "à envoyer");
  here.keepDraft(5, "");
  assert.equal(new Shelf(1).draft(5), "");
  here.keepDraft(5, "à envoyer");
  there.keepDraft(5, "autre chose");
  here.keepDraft(5, "");
  assert.equal(new Shelf(1).draft(5), "autre chose");
});

test("people who share a browser are apart", () => {
  const nobody = new Shelf(1);
  const alice = new Shelf(1, "7");
  const bob = new Shelf(1, "77");
  nobody.keepOutbox([item("x", 1)], []);
  alice.keepOutbox([item("y", 1)], []);
  alice.keepDraft(5, "d’Alice");
  alice.keepEdit(5, { id: 11, text: "d’Alice" });
  assert.deepEqual(ids(bob), []);
  assert.equal(bob.draft(5), "");
  assert.equal(bob.edit(5), null);
  assert.deepEqual(ids(new Shelf(1, "7")), ["y"]);
  assert.deepEqual(ids(nobody), ["x"]);
  assert.equal(new Shelf(1, "7").draft(5), "d’Alice");
});

test("it knows the conversations that something is being written for", () => {
  const shelf = new Shelf(1, "alice");
  shelf.keepDraft(5, "à moitié");
  shelf.keepDraft(null, "nouveau");
  shelf.keepEdit(6, { id: 9, text: "corrigé" });
  shelf.keepEdit(5, { id: 8, text: "aussi" });
  new Shelf(2, "alice").keepDraft(7, "autre projet");
  assert.deepEqual(shelf.written().sort(), [5, 6]);
  new Shelf(1, "alice").forgetWritten(5);
  assert.deepEqual([shelf.draft(5), shelf.edit(5), shelf.written()], ["", null, [6]]);
});

/** Runs `action(shelf)` in a tab, whose own storage it is; a new shelf each time, as after a reload. */
function inTab(own, action) {
  globalThis.sessionStorage = own;
  return action(new Shelf(1));
}

test("what two tabs write for one conversation is there in both after a reload", () => {
  const [first, second] = [new FakeStorage(), new FakeStorage()];
  const here = inTab(first, (shelf) => shelf);
  here.draft(5);
  here.keepDraft(5, "in the first");
  const there = inTab(second, (shelf) => shelf);
  assert.equal(there.draft(5), "in the first", "a new tab goes on with it");
  there.keepDraft(5, "in the second");
  assert.equal(
    inTab(first, (shelf) => shelf.draft(5)),
    "in the first",
  );
  assert.equal(
    inTab(second, (shelf) => shelf.draft(5)),
    "in the second",
  );
  assert.equal(
    inTab(new FakeStorage(), (shelf) => shelf.draft(5)),
    "in the second",
  );
});

test("a sent text is in no tab's way, and the other's stays", () => {
  const [first, second] = [new FakeStorage(), new FakeStorage()];
  inTab(first, (shelf) => shelf.keepDraft(5, "in the first"));
  inTab(second, (shelf) => {
    shelf.draft(5);
    shelf.keepDraft(5, "in the second");
  });
  inTab(first, (shelf) => {
    shelf.draft(5);
    shelf.keepDraft(5, "");
  });
  assert.equal(
    inTab(second, (shelf) => shelf.draft(5)),
    "in the second",
  );
  inTab(second, (shelf) => {
    shelf.draft(5);
    shelf.keepDraft(5, "");
  });
  for (const own of [first, second, new FakeStorage()])
    assert.equal(
      inTab(own, (shelf) => shelf.draft(5)),
      "",
    );
});

test("what is forgotten is forgotten whoever wrote it last", () => {
  const [first, second] = [new FakeStorage(), new FakeStorage()];
  inTab(first, (shelf) => shelf.keepDraft(5, "in the first"));
  inTab(second, (shelf) => {
    shelf.draft(5);
    shelf.keepDraft(5, "in the second");
  });
  inTab(first, (shelf) => shelf.forgetWritten(5));
  assert.deepEqual(
    inTab(first, (shelf) => [shelf.draft(5), shelf.written()]),
    ["", []],
  );
});

test("each tab goes on with its own edit", () => {
  const [first, second] = [new FakeStorage(), new FakeStorage()];
  inTab(first, (shelf) => shelf.keepEdit(5, { id: 11, text: "in the first" }));
  inTab(second, (shelf) => {
    shelf.edit(5);
    shelf.keepEdit(5, { id: 11, text: "in the second" });
  });
  inTab(first, (shelf) => {
    assert.equal(shelf.edit(5).text, "in the first");
    shelf.keepEdit(5, null);
  });
  assert.equal(
    inTab(second, (shelf) => shelf.edit(5).text),
    "in the second",
  );
});

test("what a page deletes as it goes away is known to the next one, once, in this tab", () => {
  const own = new FakeStorage();
  inTab(own, (shelf) => shelf.keepDeleted([7, 8]));
  assert.deepEqual(
    inTab(new FakeStorage(), (shelf) => shelf.deleted()),
    [],
  );
  assert.deepEqual(
    inTab(own, (shelf) => [shelf.deleted(), shelf.deleted()]),
    [[7, 8], []],
  );
});

test("what is pinned for a new conversation in one tab is not sent, nor forgotten, by another", () => {
  const pins = (path) => ({ pinned: [path], excluded: [] });
  const NONE = { pinned: [], excluded: [] };
  const [hereStorage, thereStorage] = [new FakeStorage(), new FakeStorage()];
  const within = (storage, action) => {
    globalThis.sessionStorage = storage;
    return action();
  };
  const [here, there] = [new Shelf(1), new Shelf(1)];
  for (const shelf of [here, there]) assert.deepEqual(shelf.contextChoice(null), NONE);
  within(hereStorage, () => here.keepContextChoice(null, pins("a.js")));
  within(thereStorage, () => there.keepContextChoice(null, pins("b.js")));
  // There the message is sent: the choice goes along with the conversation that it began.
  within(thereStorage, () => {
    there.keepContextChoice(null, NONE);
    there.keepContextChoice(7, pins("b.js"));
  });
  assert.deepEqual(
    within(hereStorage, () => new Shelf(1).contextChoice(null)),
    pins("a.js"),
  );
  assert.deepEqual(
    within(thereStorage, () => new Shelf(1).contextChoice(null)),
    NONE,
  );
  assert.deepEqual(new Shelf(1).contextChoice(7), pins("b.js"));
});

test("pins that were taken out stay out after a reload, whatever another tab has pinned", () => {
  const NONE = { pinned: [], excluded: [] };
  const here = new FakeStorage();
  globalThis.sessionStorage = here;
  const shelf = new Shelf(1);
  shelf.keepContextChoice(7, { pinned: ["a.js"], excluded: [] });
  shelf.keepContextChoice(7, NONE);
  globalThis.sessionStorage = new FakeStorage();
  new Shelf(1).keepContextChoice(7, { pinned: ["b.js"], excluded: [] });
  globalThis.sessionStorage = here;
  assert.deepEqual(new Shelf(1).contextChoice(7), NONE);
});
