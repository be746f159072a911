import assert from "node:assert/strict";
import { test } from "node:test";
import { noticeOf } from "../../static/editor/conflicts.js";
import { DraftKeeper } from "../../static/editor/session/draft_keeper.js";
import { OpenFiles } from "../../static/editor/session/open_files.js";
import { toDoc } from "../../static/editor/session/text.js";

/** A promise that is answered by hand. */
function later() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

const answer = (text) => ({
  digest: `d:${text}`,
  text,
  encoding: "utf-8",
  editable: true,
  size: text.length,
});

/** One open file; every request waits in `asked` until the test answers it. */
function scene(text) {
  const asked = [];
  const request =
    (method) =>
    (_path, body = {}) => {
      const one = { method, body, ...later() };
      asked.push(one);
      return one.promise;
    };
  const files = new OpenFiles({
    api: { get: request("GET"), put: request("PUT") },
    settings: { get: () => false },
    keeper: { follow() {}, forget() {} },
    canWrite: true,
    makeState: ({ doc }) => ({ doc }),
    dispatch: (open, { changes: { from, to, insert } }) => {
      open.editorState = { doc: open.editorState.doc.replace(from, to, toDoc(insert, "lf")) };
    },
    changed() {},
    saved() {},
    reset() {},
    moved() {},
  });
  const open = files.add("a.txt", answer(text));
  const type = (typed) => {
    open.editorState = { doc: toDoc(typed, "lf") };
    files.edited(open);
  };
  return { files, open, type, asked };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

test("an answer that is older than a save is not shown: the file is looked at again", async () => {
  const { files, open, type, asked } = scene("old");
  const looking = files.changedThere({ paths: ["a.txt"] });
  await turns();
  type("new");
  const saving = open.session.save();
  const [get, put] = asked;
  put.resolve({ digest: "d:new", revision: 2 });
  await saving;
  get.resolve(answer("other"));
  await turns();
  assert.equal(open.editorState.doc.toString(), "new");
  assert.deepEqual(
    asked.map(({ method }) => method),
    ["GET", "PUT", "GET"],
  );
  asked[2].resolve(answer("new"));
  await looking;
  assert.equal(open.editorState.doc.toString(), "new");
  assert.equal(open.session.state, "clean");
});

test("an answer that comes while a save is on its way waits for it", async () => {
  const { files, open, type, asked } = scene("old");
  const looking = files.changedThere({ paths: ["a.txt"], revision: 2 });
  await turns();
  type("new");
  open.session.save();
  asked[0].resolve(answer("other"));
  await turns();
  assert.equal(asked.length, 2);
  asked[1].resolve({ digest: "d:new", revision: 3 }); // newer than the news: they were of an older text
  await looking;
  assert.equal(open.editorState.doc.toString(), "new");
  assert.equal(asked.length, 2);
});

test("news of a text that nobody here has changed are shown", async () => {
  const { files, open, asked } = scene("old");
  const looking = files.changedThere({ paths: ["a.txt"] });
  await turns();
  asked[0].resolve(answer("theirs"));
  await looking;
  assert.equal(open.editorState.doc.toString(), "theirs");
  assert.equal(open.session.state, "clean");
});

test("a file that was made anew while its deletion was looked up is there", async () => {
  const { files, open, asked } = scene("text");
  const first = files.changedThere({ paths: ["a.txt"] });
  await turns();
  asked[0].reject({ code: "missing_file" });
  await first;
  assert.equal(open.session.state, "deleted");

  const second = files.changedThere({ revision: 2, paths: ["a.txt"] });
  await turns();
  asked[1].reject({ code: "missing_file" });
  await turns(); // asks what revision 2 made of it
  const recreating = open.session.keepMine();
  await turns();
  asked[3].resolve({ digest: "d:text", revision: 3 });
  await recreating;
  asked[2].resolve({ changes: [] });
  await second;
  assert.equal(open.session.state, "clean");
});

test("a rename that is told twice is followed once", async () => {
  const { files, open, asked } = scene("old");
  const news = { paths: ["a.txt"], revision: 2 };
  const looking = [files.changedThere(news), files.changedThere(news)];
  await turns();
  for (const one of asked.splice(0)) one.reject({ code: "missing_file" });
  await turns();
  for (const one of asked.splice(0)) one.resolve({ changes: [{ renamed_from: "a.txt", path: "b.txt" }] });
  await Promise.all(looking);
  assert.equal(open.path, "b.txt");
  assert.equal(open.session.state, "clean");
});

/** Drafts as the browser keeps them, each put answered by hand. */
function drafts() {
  const there = new Map();
  const puts = [];
  const keep = async (path, { text }) => {
    const put = later();
    puts.push(put);
    await put.promise;
    there.set(path, text);
    return true;
  };
  return { there, puts, keep, drop: async (path) => there.delete(path) };
}

test("a text given up while it is written down does not come back", async () => {
  const store = drafts();
  const keeper = new DraftKeeper(store);
  const { open, type } = scene("a");
  type("ab");
  const keeping = keeper.keep(open.session);
  keeper.forget(open.session);
  store.puts[0].resolve();
  await keeping;
  assert.deepEqual([...store.there], []);
  keeper.follow(open.session);
  await keeper.flush();
  assert.equal(store.puts.length, 1);
});

test("a text that is not given up is kept", async () => {
  const store = drafts();
  const keeper = new DraftKeeper(store);
  const { open, type } = scene("a");
  type("ab");
  const keeping = keeper.keep(open.session);
  store.puts[0].resolve();
  await keeping;
  assert.deepEqual([...store.there], [["a.txt", "ab"]]);
  assert.equal(keeper.isSafe(open.session), true);
});

test("a draft that cannot be put back is offered to be copied, whatever else is wrong with the file", () => {
  const chosen = [];
  const { open } = scene("a");
  open.session.gone();
  const notice = noticeOf({ ...open, notice: "kept" }, { t: (key) => key, act: (name) => chosen.push(name) });
  assert.equal(notice.text, "notice.kept");
  for (const { run } of notice.actions) run();
  assert.deepEqual(chosen, ["copy", "dismiss"]);
});
