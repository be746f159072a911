// A picture on a chequered ground, as large as fits or as large as it is.
import { h } from "../dom.js";

export function picture(t, path, address) {
  const facts = h("span", { class: "muted" });
  const image = h("img", { src: address, alt: path.slice(path.lastIndexOf("/") + 1) });
  const zoom = h(
    "button",
    {
      type: "button",
      class: "media-stage picture",
      "aria-pressed": "false",
      "aria-label": t("media.zoom"),
      title: t("media.zoom"),
    },
    image,
  );
  image.addEventListener("load", () => {
    facts.textContent = image.naturalWidth ? `${image.naturalWidth} × ${image.naturalHeight}` : "";
  });
  image.addEventListener("error", () =>
    zoom.replaceWith(h("p", { class: "media-other", role: "alert" }, t("media.broken"))),
  );
  zoom.addEventListener("click", () => {
    const isWhole = zoom.getAttribute("aria-pressed") === "true";
    zoom.setAttribute("aria-pressed", String(!isWhole));
  });
  return { element: zoom, facts };
}
