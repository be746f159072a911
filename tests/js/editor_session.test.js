import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../static/editor/api.js";
import { FileSession } from "../../static/editor/session/file_session.js";
import { toDoc } from "../../static/editor/session/text.js";

function timer(work, wait) {
  const made = { work, wait, stop: () => Object.assign(made, { work: null }) };
  return made;
}

/** A server of one file, and a clock that waits until it is told. */
function world(text = "a") {
  const server = { text, digest: `d:${text}`, revision: 1, gone: false, refuse: null, lose: 0, wrote: [] };
  const timers = [];
  const clock = {
    set: (work, wait) => timers.push(timer(work, wait)),
    clear: (id) => timers[id - 1]?.stop(),
  };
  const put = async (_path, sent, base) => {
    if (server.refuse) throw server.refuse;
    const now = server.gone ? null : { digest: server.digest, text: server.text };
    if (base !== (now?.digest ?? null)) {
      throw new ApiError("stale", { status: 412, body: { file: now, merge: server.merge ?? null } });
    }
    Object.assign(server, { text: sent, digest: `d:${sent}`, revision: server.revision + 1, gone: false });
    server.wrote.push(sent);
    if (server.lose-- > 0) throw new ApiError("network");
    return { digest: server.digest, revision: server.revision };
  };
  const file = { digest: server.digest, encoding: "utf-8", editable: true };
  const actions = { put, clock, changed() {} };
  const session = new FileSession({ path: "a.txt", file, ends: "lf", doc: toDoc(text, "lf") }, actions);
  return { server, session, timers, tick: () => timers.findLast(({ work }) => work)?.work() };
}

const doc = (text) => toDoc(text, "lf");

test("what is typed is saved, and typing it away again leaves nothing to save", async () => {
  const { server, session } = world();
  session.edited(doc("ab"));
  assert.equal(session.state, "dirty");
  await session.save();
  assert.equal(session.state, "clean");
  assert.equal(server.text, "ab");
  session.edited(doc("abc"));
  session.edited(doc("ab"));
  assert.equal(session.state, "clean");
  await session.save();
  assert.deepEqual(server.wrote, ["ab"]);
});

test("one save at a time; what is typed meanwhile follows it", async () => {
  const { server, session } = world();
  session.edited(doc("ab"));
  const first = session.save();
  assert.equal(session.state, "saving");
  session.edited(doc("abc"));
  const second = session.save();
  await Promise.all([first, second]);
  assert.deepEqual(server.wrote, ["ab", "abc"]);
  assert.equal(session.state, "clean");
});

test("what is typed after a save began is still to be saved when it ends", async () => {
  const { server, session } = world();
  session.edited(doc("ab"));
  const saving = session.save();
  session.edited(doc("abc"));
  await saving;
  assert.equal(session.state, "dirty");
  assert.equal(server.text, "ab");
});

test("a stale save writes nothing and waits for a person", async () => {
  const { server, session } = world();
  Object.assign(server, { text: "theirs", digest: "d:theirs" });
  session.edited(doc("mine"));
  await session.save();
  assert.equal(session.state, "conflict");
  assert.equal(session.problem.theirs.text, "theirs");
  await session.save();
  assert.deepEqual(server.wrote, []);
  assert.equal(session.text, "mine");
});

test("keeping mine writes over what was seen, and over nothing newer", async () => {
  const { server, session } = world();
  Object.assign(server, { text: "theirs", digest: "d:theirs" });
  session.edited(doc("mine"));
  await session.save();
  Object.assign(server, { text: "third", digest: "d:third" });
  await session.keepMine();
  assert.equal(session.state, "conflict");
  assert.equal(session.problem.theirs.text, "third");
  await session.keepMine();
  assert.equal(server.text, "mine");
  assert.equal(session.state, "clean");
});

test("taking theirs leaves nothing to save", async () => {
  const { server, session } = world();
  Object.assign(server, { text: "theirs", digest: "d:theirs" });
  session.edited(doc("mine"));
  await session.save();
  const text = session.take(session.problem.theirs);
  session.settled(doc(text));
  assert.equal(session.state, "clean");
  session.edited(doc("theirs and more"));
  await session.save();
  assert.equal(server.text, "theirs and more");
});

test("an answer that was lost is found again", async () => {
  const { server, session, tick } = world();
  server.lose = 1;
  session.edited(doc("ab"));
  await session.save();
  assert.equal(session.state, "retrying");
  tick();
  await session.idle();
  assert.equal(session.state, "clean");
  assert.deepEqual(server.wrote, ["ab"]);
});

test("a server that is away is asked ever more rarely, and at once when it is back", async () => {
  const { server, session, timers, tick } = world();
  server.refuse = new ApiError("network");
  session.edited(doc("ab"));
  await session.save();
  for (let times = 0; times < 7; times += 1) {
    tick();
    await session.idle();
  }
  assert.deepEqual(
    timers.map(({ wait }) => wait),
    [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000],
  );
  server.refuse = null;
  session.retry();
  await session.idle();
  assert.equal(session.state, "clean");
  assert.equal(server.text, "ab");
});

test("a refusal is not repeated by itself", async () => {
  const { server, session, timers } = world();
  server.refuse = new ApiError("too_large", { status: 413, message: "Trop grand." });
  session.edited(doc("ab"));
  await session.save();
  assert.equal(session.state, "refused");
  assert.equal(timers.length, 0);
  server.refuse = null;
  session.edited(doc("b"));
  await session.save();
  assert.equal(session.state, "clean");
});

test("a file that is gone keeps its text here, and can be made again", async () => {
  const { server, session } = world();
  server.gone = true;
  session.edited(doc("ab"));
  await session.save();
  assert.equal(session.state, "deleted");
  await session.save();
  assert.deepEqual(server.wrote, []);
  await session.keepMine();
  assert.equal(session.state, "clean");
  assert.equal(server.text, "ab");
});

test("news of the file: the same is nothing, another one replaces a clean text and never a dirty one", async () => {
  const { server, session } = world();
  assert.equal(session.seen({ digest: "d:a", text: "a" }), null);
  assert.equal(session.seen({ digest: "d:b", text: "b" }), "b");
  session.settled(doc("b"));
  Object.assign(server, { text: "c", digest: "d:c" });
  session.edited(doc("mine"));
  assert.equal(session.seen({ digest: "d:c", text: "c" }), null);
  await session.idle();
  assert.equal(session.state, "conflict");
  assert.equal(session.text, "mine");
});

test("news that says what is here already makes it saved", () => {
  const { session } = world();
  session.edited(doc("ab"));
  assert.equal(session.seen({ digest: "d:ab", text: "ab" }), "ab");
  session.settled(doc("ab"));
  assert.equal(session.state, "clean");
});

test("a draft of an older base is never written over newer text", async () => {
  const { server, session } = world("new");
  session.resume(doc("old draft"), "d:old");
  assert.equal(session.state, "dirty");
  await session.save();
  assert.equal(session.state, "conflict");
  assert.equal(server.text, "new");
});
