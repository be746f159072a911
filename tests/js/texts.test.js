import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { endText, errorText } from "../../chat/static/chat/errors.js";
import { I18n } from "../../chat/static/chat/i18n.js";
import en from "../../chat/static/chat/locales/en.js";
import fr from "../../chat/static/chat/locales/fr.js";
import { stepText } from "../../chat/static/chat/views/parts.js";

const source = (path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same texts with the same holes", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(fr).sort());
  for (const key of Object.keys(fr)) assert.deepEqual(holes(en[key]), holes(fr[key]), key);
});

test("every code of the API and of the model has a text", async () => {
  const own = (await source("docs/api.md")).split("## Errors of our own")[1];
  const families = (await source("chat/llm/errors.py")).matchAll(/codes = frozenset\(\s*\{([^}]+)\}/g);
  const ofModel = [...families].flatMap(([, list]) => [...list.matchAll(/"(\w+)"/g)].map(([, code]) => code));
  const ofApi = [...own.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, code]) => code);
  assert.ok(ofModel.length > 25 && ofApi.length > 10);
  const fields = new Set(["fields", "message_id"]);
  for (const code of [...ofModel, ...ofApi]) if (!fields.has(code)) assert.ok(`error.${code}` in fr, code);
});

test("the given texts are the given texts", () => {
  const french = new I18n("fr");
  assert.equal(
    errorText(french, { code: "missing_api_key" }),
    "⚠️ Clé API OpenAI non configurée. Veuillez ajouter OPENAI_API_KEY dans votre fichier .env",
  );
  assert.equal(
    errorText(french, { code: "package_missing" }),
    "⚠️ Le package OpenAI n'est pas installé. Installez-le avec : pip install openai",
  );
  assert.match(errorText(french, { code: "auth" }), /^❌ Erreur lors de l'appel à l'API OpenAI : /);
});

test("too large is said of what was", () => {
  const french = new I18n("fr");
  assert.match(errorText(french, { code: "too_large" }), /Raccourcissez le message/);
  assert.match(endText(french, { metadata: { error: { code: "too_large" } } }), /La réponse dépasse/);
  assert.equal(
    endText(french, { metadata: { error: { code: "auth" } } }),
    errorText(french, { code: "auth" }),
  );
  assert.equal(endText(french, { metadata: null }), errorText(french, null));
});

test("a wait that the model's server asks for is told", () => {
  const french = new I18n("fr");
  const told = (retry_after) =>
    endText(french, { content: "", metadata: { error: { code: "rate_limit", retry_after } } });
  assert.match(told(600), /demande d’attendre 10\u00a0min\.$/);
  assert.match(told(7300), /demande d’attendre 2\u00a0h 2\u00a0min\.$/);
  assert.doesNotMatch(told(undefined), /attendre \d/);
});

test("an answer that broke off says what to do, and which text is kept", () => {
  const french = new I18n("fr");
  for (const code of ["stream_error", "timeout_stall", "connection_cut"]) {
    const said = (content) =>
      endText(french, { status: "interrupted", content, metadata: { error: { code } } });
    assert.match(said("Un"), /^❌ .*conservé.* continuez, ou réessayez\.$/);
    assert.match(said(""), /^❌ .*Réessayez\.$/);
    assert.doesNotMatch(said(""), /conservé/);
  }
});

test("a step without a file names none", () => {
  const french = new I18n("fr");
  const said = (given, more) => stepText({ tool: "repair", arguments: given, ...more }, french);
  assert.equal(said({ path: "a.js" }), "Nouvel essai pour a.js");
  assert.equal(said({ path: "" }), "Nouvel essai");
  assert.equal(said({ path: "" }, { done: true }), "A corrigé sa proposition");
});

test("an answer that reached its length without a word is not told as one whose end is missing", () => {
  const said = (content) =>
    endText(new I18n("fr"), { status: "interrupted", content, metadata: { error: { code: "length" } } });
  assert.match(said("Un"), /il en manque la fin/);
  assert.match(said(""), /sans rien répondre/);
});

test("nothing is promised of a text that never came", () => {
  const promise = /conserv|is kept|Continu/;
  for (const [language, texts] of [
    ["fr", fr],
    ["en", en],
  ]) {
    const i18n = new I18n(language);
    const codes = Object.keys(texts).filter((key) => /^error\.[a-z_]+$/.test(key));
    for (const code of ["stopped", "server_restarted", "too_many_steps", "repeating"]) {
      assert.ok(codes.includes(`error.${code}`));
      const error = { code };
      const said = (content, actions = []) =>
        endText(i18n, { status: "failed", content, actions, metadata: { error } });
      assert.match(said("Bon"), promise, code);
      assert.match(said("", [{ id: 1 }]), promise, code);
      assert.doesNotMatch(said(""), promise, code);
    }
    assert.match(endText(i18n, { status: "stopped", content: "Bon", metadata: {} }), promise);
    assert.doesNotMatch(endText(i18n, { status: "stopped", content: "", metadata: {} }), promise);
  }
});

test("a code of a newer server is told in the server's words", () => {
  assert.equal(
    errorText(new I18n("en"), { code: "moon_phase", message: "The moon is wrong." }),
    "The moon is wrong.",
  );
  assert.match(errorText(new I18n("en"), { code: "http_502", status: 502 }), /502/);
});

test("numbers, sums and times are the language's own, and little is not nothing", () => {
  const [french, english] = [new I18n("fr-FR"), new I18n("en")];
  assert.equal(english.cost("0.03066"), "$0.031");
  assert.equal(english.cost("0.000123"), "$0.00012");
  assert.equal(english.cost("0"), "$0.00");
  assert.match(french.cost("1234.5"), /1\s234,5/);
  assert.equal(english.t("conversations.count", { count: 1 }), "1 message");
  assert.equal(english.t("conversations.count", { count: 1200 }), "1,200 messages");
  assert.equal(french.t("conversations.count", { count: 0 }), "0 message");
  assert.equal(english.duration(4210), "4.2\u00a0s");
  assert.equal(english.duration(75_000), "1\u00a0min 15\u00a0s");
  assert.equal(new I18n("de").language, "fr");
});
