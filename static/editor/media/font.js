// A font: its letters in some sizes, and a line to try.
import { h } from "../dom.js";

let count = 0;

export function fontSample(t, address) {
  const family = `studio-font-${++count}`;
  const face = new FontFace(family, `url("${address}")`);
  const letters = "Portez ce vieux whisky au juge blond qui fume. 0123456789 éèçà ŒÆ &?!";
  const sizes = [16, 24, 40].map((size) => {
    const line = h("p", {}, letters);
    line.style.font = `${size}px "${family}", sans-serif`;
    return line;
  });
  const input = h("input", {
    type: "text",
    value: "Aa Bb Cc 123",
    "aria-label": t("media.try"),
    class: "media-try",
  });
  input.style.fontFamily = `"${family}", sans-serif`;
  const element = h("div", { class: "media-font" }, input, sizes);
  face.load().then(
    () => document.fonts.add(face),
    () => element.replaceChildren(h("p", { class: "media-other", role: "alert" }, t("media.broken"))),
  );
  return { element, destroy: () => document.fonts.delete(face) };
}
