import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { Commands } from "../../static/editor/commands.js";
import { keysLabel, matchesKeys } from "../../static/editor/keys.js";
import en from "../../static/editor/locales/en.js";
import fr from "../../static/editor/locales/fr.js";

const press = (key, held = "", code = "") => ({
  key,
  code,
  ctrlKey: held.includes("c"),
  altKey: held.includes("a"),
  shiftKey: held.includes("s"),
  metaKey: held.includes("m"),
});

test("keys are shown as each machine writes them", () => {
  assert.equal(keysLabel("Mod-Shift-p", false), "Ctrl+Shift+P");
  assert.equal(keysLabel("Mod-Shift-p", true), "⇧⌘P");
  assert.equal(keysLabel("Ctrl-g", true), "⌃G");
  assert.equal(keysLabel("Alt-PageDown", false), "Alt+PgDn");
});

test("Mod is the command key on a Mac and the control key elsewhere, and no key more", () => {
  assert.ok(matchesKeys(press("s", "c"), "Mod-s", false));
  assert.ok(matchesKeys(press("s", "m"), "Mod-s", true));
  assert.ok(!matchesKeys(press("s", "c"), "Mod-s", true));
  assert.ok(!matchesKeys(press("s", "cs"), "Mod-s", false));
  assert.ok(matchesKeys(press("P", "cs"), "Mod-Shift-p", false));
});

test("Alt and a letter is that letter, whatever a Mac types with it", () => {
  assert.ok(matchesKeys(press("∑", "a", "KeyW"), "Alt-w", true));
  assert.ok(!matchesKeys(press("∑", "a", "KeyQ"), "Alt-w", true));
});

test("a command runs when it can, and only then", () => {
  const commands = new Commands();
  let can = false;
  let ran = 0;
  const remove = commands.add({ id: "x", title: "X", keys: "Mod-s", run: () => ran++, when: () => can });
  assert.equal(commands.run("x"), false);
  can = true;
  assert.equal(commands.run("x"), true);
  assert.equal(ran, 1);
  remove();
  assert.equal(commands.run("x"), false);
});

const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same texts with the same holes", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(fr).sort());
  for (const key of Object.keys(fr)) assert.deepEqual(holes(en[key]), holes(fr[key]), key);
});

test("every text that the editor's modules ask for is there", async () => {
  const folder = new URL("../../static/editor/", import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  for (const name of names) {
    const source = await readFile(new URL(name, folder), "utf8");
    for (const [, key] of source.matchAll(/[^`\w]t\(\s*"([^"]+)"/g)) {
      assert.ok(key in fr || `${key}.one` in fr, `${name}: ${key}`);
    }
  }
});

test("one module alone calls fetch", async () => {
  const folder = new URL("../../static/editor/", import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js"));
  for (const name of names.filter((name) => name !== "api.js")) {
    assert.doesNotMatch(await readFile(new URL(name, folder), "utf8"), /\bfetch\(/, name);
  }
});
