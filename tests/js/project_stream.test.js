import assert from "node:assert/strict";
import { test } from "node:test";
import { isOwn } from "../../static/editor/presence/own.js";
import { browserId, Sharing } from "../../static/editor/presence/sharing.js";
import { ProjectStream } from "../../static/editor/presence/stream.js";
import { Told } from "../../static/editor/presence/told.js";
import { FakeLocks, fakeChannels } from "./fake_browser.mjs";

const settle = () => new Promise((resolve) => setTimeout(resolve, 15));

async function eventually(check) {
  for (let turn = 0; turn < 300 && !check(); turn += 1) await settle();
  assert.ok(check());
}

const change = (revision) => ({ revision, paths: [`${revision}.txt`], gone: [], client: "" });

/** A project on a server, and the sources that browsers have open to it. */
function makeServer(revision = 5) {
  const server = {
    revision,
    changes: [],
    open: new Set(),
    asked: [],
    refuses: false,
    people: { people: [] },
  };
  server.Source = class extends EventTarget {
    constructor(address) {
      super();
      this.query = Object.fromEntries(new URL(address, "http://x").searchParams);
      server.asked.push(this.query);
      server.open.add(this);
      this.readyState = 1;
      queueMicrotask(() => this.begin());
    }

    begin() {
      if (server.refuses) {
        this.readyState = 2;
        server.open.delete(this);
        return this.dispatchEvent(new Event("error"));
      }
      for (const told of server.changes)
        if (told.revision > Number(this.query.after)) this.say("files.changed", told);
      this.say("ready", { revision: server.revision });
      this.say("presence", server.people);
    }

    say(type, data) {
      if (server.open.has(this)) this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
    }

    close() {
      this.readyState = 2;
      server.open.delete(this);
    }
  };
  server.commit = () => {
    server.revision += 1;
    server.changes.push(change(server.revision));
    for (const source of server.open) source.say("files.changed", change(server.revision));
  };
  server.pass = (id) => {
    for (const source of server.open) source.say("conversation.changed", { message_id: id });
  };
  server.streams = () => [...server.open].filter(({ query }) => query.wait !== "0").length;
  return server;
}

class Browser {
  locks = new FakeLocks();
  Channel = fakeChannels();

  tab(server, { project = 1, after = server.revision, locks = this.locks, hidden = false } = {}) {
    const { Channel } = this;
    const tab = { heard: [], passed: [], read: 0, moved: [], over: false };
    tab.page = Object.assign(new EventTarget(), { document: Object.assign(new EventTarget(), { hidden }) });
    tab.stream = new ProjectStream({
      sharing: new Sharing({ user: 1, project }, { locks, Channel }),
      address: (query) => {
        const given = Object.entries(query).filter(([, value]) => value !== null);
        return `/events?${new URLSearchParams(given)}`;
      },
      after,
      isRefused: async () => server.refuses,
      Source: server.Source,
      page: tab.page,
      onEvent: (type, data) => {
        if (type === "files.changed") tab.heard.push(data.revision);
        if (type === "ready") tab.read += 1;
        if (type === "conversation.changed") tab.passed.push(data.message_id);
        if (type === "moved") tab.moved.push(data.path);
        if (type === "access.ended") tab.over = true;
      },
    });
    tab.close = () => tab.page.dispatchEvent(new Event("pagehide"));
    tab.stream.start();
    return tab;
  }
}

test("five tabs of a project hold one stream, and all hear what happens, once", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = Array.from({ length: 5 }, () => browser.tab(server));
  await eventually(() => server.open.size === 1);
  await settle();
  server.commit();
  server.commit();
  await eventually(() => tabs.every(({ heard }) => heard.length === 2));
  for (const { heard } of tabs) assert.deepEqual(heard, [6, 7]);
  assert.equal(server.asked.length, 1);
});

test("when the tab that reads goes, the next one goes on where it was", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = [0, 1, 2].map(() => browser.tab(server));
  await eventually(() => server.open.size === 1);
  await settle();
  server.commit();
  await eventually(() => tabs.every(({ heard }) => heard.length === 1));
  tabs[0].close();
  server.commit(); // while nobody reads
  await eventually(() => server.open.size === 1);
  assert.equal(server.asked.at(-1).after, "6");
  server.commit();
  await eventually(() => tabs.slice(1).every(({ heard }) => heard.length === 3));
  for (const { heard } of tabs.slice(1)) assert.deepEqual(heard, [6, 7, 8]);
  assert.deepEqual(tabs[0].heard, [6]);
});

test("a page that was drawn before something happened is told by the tab that knows", async () => {
  const server = makeServer();
  const browser = new Browser();
  const first = browser.tab(server);
  await eventually(() => server.open.size === 1);
  await settle();
  server.commit();
  server.commit();
  const late = browser.tab(server, { after: 6 });
  await eventually(() => late.heard.length === 1);
  assert.deepEqual(late.heard, [7]);
  const older = browser.tab(server, { after: 3 });
  await eventually(() => older.heard.length === 1);
  assert.deepEqual(older.heard, [7]); // one that says: look again
  assert.deepEqual([first.heard, late.heard], [[6, 7], [7]]);
  assert.equal(server.asked.length, 1);
});

test("what is of no revision is not lost by a tab that lacks some", async () => {
  const server = makeServer();
  const browser = new Browser();
  const first = browser.tab(server);
  await eventually(() => server.open.size === 1);
  await settle();
  server.commit();
  server.commit();
  const late = browser.tab(server, { after: 6 }); // it asks for 7, and before it is answered …
  server.pass(1); // … hears this of a tab that is further
  await eventually(() => late.heard.length === 1 && late.passed.length === 1);
  server.pass(2);
  await eventually(() => late.passed.length === 2);
  assert.deepEqual([late.heard, late.passed, first.passed], [[7], [1, 2], [1, 2]]);
  assert.equal(late.read, 1); // its page may be older than what had passed by when it came
});

test("a tab that has heard everything reads nothing anew", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = [0, 1, 2].map(() => browser.tab(server));
  await eventually(() => tabs.every(({ read }) => read === 1));
  for (const id of [1, 2, 3]) {
    server.pass(id);
    server.commit();
  }
  await eventually(() => tabs.every(({ heard, passed }) => heard.length === 3 && passed.length === 3));
  tabs[1].close();
  tabs[1].page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })); // it asks, and lacks nothing
  await settle();
  assert.deepEqual(
    tabs.map(({ read }) => read),
    [1, 1, 1],
  );
});

test("what passed by a tab that took no part is read anew when it comes back", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = [0, 1].map(() => browser.tab(server));
  await eventually(() => tabs.every(({ read }) => read === 1));
  tabs[1].close();
  server.pass(1);
  await settle();
  tabs[1].page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await eventually(() => tabs[1].read === 2);
  assert.deepEqual([tabs[1].passed, tabs[0].read], [[], 1]);
});

test("what the tab that read told last is not lost by the one that goes on", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = [0, 1, 2].map(() => browser.tab(server));
  await eventually(() => tabs.every(({ read }) => read === 1));
  server.pass(1);
  tabs[0].close();
  server.pass(2); // nobody reads
  await eventually(() => server.asked.length === 2 && tabs[1].read === 2 && tabs[2].read === 2);
  server.pass(3);
  await eventually(() => tabs[1].passed.at(-1) === 3 && tabs[2].passed.at(-1) === 3);
  await settle();
  assert.deepEqual([tabs[1].read, tabs[2].read], [2, 2]);
});

test("a page is one's own by its name and its person", () => {
  const me = { id: 3, client: "a" };
  assert.equal(isOwn({ id: 3, client: "a" }, me), true);
  assert.equal(isOwn({ id: 4, client: "a" }, me), false);
  assert.equal(isOwn({ id: 3, client: "b" }, me), false);
  assert.equal(isOwn({ id: null, client: "a" }, me), false);
});

test("whoever may not come in any more is told so in every tab", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = [0, 1, 2].map(() => browser.tab(server));
  await eventually(() => server.open.size === 1);
  await settle();
  for (const source of server.open) source.say("access.ended", {});
  await eventually(() => tabs.every(({ over }) => over));
  await eventually(() => server.open.size === 0 && browser.locks.heldNames.length === 0);
});

test("five projects hold two streams; the others are asked, until one is free", async () => {
  const browser = new Browser();
  const servers = Array.from({ length: 5 }, () => makeServer());
  const tabs = servers.map((server, index) => browser.tab(server, { project: 10 + index }));
  const streams = () => servers.reduce((sum, server) => sum + server.streams(), 0);
  await eventually(() => servers.every(({ asked }) => asked.length === 1));
  assert.equal(streams(), 2);
  const asked = servers.findIndex((server) => server.streams() === 0);
  tabs[asked].stream.shows("a.txt");
  await eventually(() => servers[asked].asked.at(-1).path === "a.txt");
  tabs[servers.findIndex((server) => server.streams() === 1)].close();
  await settle();
  [...servers[asked].open][0].begin(); // the browser asks again
  await eventually(() => servers[asked].streams() === 1);
  assert.equal(streams(), 2);
});

test("a tab that nobody looks at takes no part, and is told when it is looked at", async (t) => {
  const server = makeServer();
  const browser = new Browser();
  const hidden = browser.tab(server, { hidden: true });
  await settle();
  assert.equal(server.asked.length, 0);
  server.commit();
  hidden.page.document.hidden = false;
  hidden.page.document.dispatchEvent(new Event("visibilitychange"));
  await eventually(() => hidden.heard.length === 1);
  const other = browser.tab(server);
  await settle();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  hidden.page.document.hidden = true;
  hidden.page.document.dispatchEvent(new Event("visibilitychange"));
  t.mock.timers.tick(20_000);
  t.mock.timers.reset();
  await eventually(() => server.asked.length === 2 && server.open.size === 1);
  server.commit();
  await eventually(() => other.heard.length === 1);
  assert.deepEqual(hidden.heard, [6]);
  hidden.page.document.hidden = false;
  hidden.page.document.dispatchEvent(new Event("visibilitychange"));
  await eventually(() => hidden.heard.length === 2);
  assert.equal(server.asked.length, 2);
});

test("whoever reads says where the person is, whichever tab that was", async () => {
  const server = makeServer();
  const browser = new Browser();
  const first = browser.tab(server);
  await eventually(() => server.open.size === 1);
  const second = browser.tab(server);
  assert.equal(second.stream.shows("b.txt"), true);
  assert.equal(second.stream.shows("b.txt"), false);
  await settle();
  assert.equal(first.stream.shows("b.txt"), false); // known there, too
  for (const source of server.open) source.say("ready", { revision: 5 });
  assert.deepEqual(first.moved, ["b.txt"]); // the address that was asked for named no file
  first.close();
  await eventually(() => server.asked.length === 2);
  assert.equal(server.asked[1].path, "b.txt");
});

test("without locks every tab reads for itself", async () => {
  const server = makeServer();
  const browser = new Browser();
  const tabs = [0, 1].map(() => browser.tab(server, { locks: null }));
  await eventually(() => server.open.size === 2);
  server.commit();
  await eventually(() => tabs.every(({ heard }) => heard.length === 1));
});

test("who knows too little says: look again", () => {
  const told = new Told(5);
  assert.equal(told.add(change(6)), true);
  assert.equal(told.add(change(6)), false);
  told.add(change(7));
  assert.deepEqual(
    told.after(6).map(({ revision }) => revision),
    [7],
  );
  assert.deepEqual(told.after(7), []);
  assert.deepEqual([told.after(4)[0].revision, told.after(4)[0].paths], [7, null]);
  for (let revision = 8; revision < 300; revision += 1) told.add(change(revision));
  assert.equal(told.after(7)[0].paths, null);
  assert.equal(told.after(280).length, 19);
});

test("a browser has one name, and one that keeps nothing has one for each page", () => {
  const kept = new Map();
  const shelf = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  assert.equal(
    browserId(() => shelf),
    browserId(() => shelf),
  );
  const forbidden = () => {
    throw new DOMException("", "SecurityError");
  };
  assert.notEqual(browserId(forbidden), browserId(forbidden));
});
