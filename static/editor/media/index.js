// What is no text: pictures, fonts, sound, films and PDFs are shown, everything else has its size and a download. The
// bytes come under a policy of their own that lets nothing of them run.
import { h } from "../dom.js";
import { kindOf } from "../tree/kinds.js";
import { fontSample } from "./font.js";
import { picture } from "./picture.js";

const AUDIO = /\.(mp3|ogg|wav|flac|m4a)$/i;
const SHOWN_FONT = /\.(woff2?|ttf|otf)$/i;
const SHOWN_PICTURE = /\.(png|jpe?g|gif|webp|avif|bmp|ico|svg)$/i;

export function startMedia(studio) {
  studio.viewers.push({
    test: (_path, file) => file.text === null,
    mount: (place, given) => mount(studio, place, given),
  });
}

function mount(studio, place, { path, file }) {
  const { t } = studio;
  const address = addressOf(studio, path, { v: file.digest.slice(0, 12) });
  const shown = file.head ? beginning(t, file) : body(studio, path, address);
  const save = h(
    "a",
    { class: "button small", href: addressOf(studio, path, { download: 1 }), download: "" },
    t("media.download"),
  );
  const size = h(
    "span",
    { class: "muted" },
    `${t(`media.kind.${kindOf(path)}`)} · ${sizeOf(file.size, studio.i18n.language)}`,
  );
  const facts = h("div", { class: "media-facts" }, size, shown.facts ?? null, save);
  place.replaceChildren(h("div", { class: "media" }, facts, shown.element));
  return { destroy: () => shown.destroy?.() };
}

function body(studio, path, address) {
  const { t } = studio;
  if (SHOWN_PICTURE.test(path)) return picture(t, path, address);
  if (SHOWN_FONT.test(path)) return fontSample(t, address);
  const kind = kindOf(path);
  if (kind === "media") return player(t, path, address);
  if (kind === "pdf") return { element: h("iframe", { class: "media-pdf", src: address, title: path }) };
  return { element: h("p", { class: "media-other" }, t("media.other")) };
}

function player(t, path, address) {
  const sound = h(AUDIO.test(path) ? "audio" : "video", {
    controls: true,
    src: address,
    preload: "metadata",
  });
  const stage = h("div", { class: "media-stage" }, sound);
  sound.addEventListener("error", () =>
    stage.replaceWith(h("p", { class: "media-other", role: "alert" }, t("media.unplayable"))),
  );
  return { element: stage };
}

/** A text that is too long to be edited: how it begins. */
function beginning(t, { head, size }) {
  const shown = new TextEncoder().encode(head).length;
  const text = h(
    "pre",
    { class: "media-text", tabindex: "0", "aria-label": t("media.beginning"), translate: "no" },
    head,
  );
  const told = h(
    "p",
    { class: "media-note", role: "status" },
    t("media.too_long", { percent: Math.round((shown / size) * 100) }),
  );
  return { element: h("div", { class: "media-long" }, told, text) };
}

function addressOf({ api }, path, query) {
  return api.url(`raw/${path.split("/").map(encodeURIComponent).join("/")}`, query);
}

function sizeOf(bytes, language) {
  const steps = ["byte", "kilobyte", "megabyte"];
  const step = Math.min(steps.length - 1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  const options = {
    style: "unit",
    unit: steps[step],
    unitDisplay: "short",
    maximumFractionDigits: step ? 1 : 0,
  };
  return new Intl.NumberFormat(language, options).format(bytes / 1000 ** step);
}
