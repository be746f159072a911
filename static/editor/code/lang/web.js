// The languages of the web, which contain one another, and Emmet, which knows them all.
import { css } from "@codemirror/lang-css";
import { html } from "@codemirror/lang-html";
import { javascript } from "@codemirror/lang-javascript";
import { closePercentBrace, jinja } from "@codemirror/lang-jinja";
import { vue } from "@codemirror/lang-vue";
import { djangoTags } from "./django.js";
import { emmet } from "./emmet.js";

export function htmlSupport() {
  return [html({ autoCloseTags: true, matchClosingTags: true }), emmet("html")];
}

export function djangoSupport() {
  return [jinja({ base: html(), tags: djangoTags }), closePercentBrace, emmet("html")];
}

export function vueSupport() {
  return [vue({ base: html() }), emmet("html")];
}

export function cssSupport() {
  return [css(), emmet("css")];
}

export function scriptSupport(options) {
  return [javascript(options), options.jsx ? emmet("jsx") : []];
}
