// A proposal that could not be made to fit: what was wrong, what stands there instead, and the block to place by hand.
import { h, icon, textButton } from "../dom.js";
import { copyText } from "../markdown/code_block.js";

function nearestList(nearest, i18n) {
  const rows = nearest.map(([number, text]) =>
    h("li", {}, h("span", { class: "near-number" }, String(number)), h("code", {}, text)),
  );
  return [h("h4", {}, i18n.t("failed.nearest")), h("ol", { class: "near", role: "list" }, rows)];
}

/** What the model wanted to write: its edits one by one, or the whole text. */
function blocksOf({ after }, edits) {
  if (edits.length) return edits;
  return typeof after === "string" && after !== "" ? [{ search: "", replace: after }] : [];
}

export class FailedView {
  element = h("div", { class: "failed" });

  /** `actions` is `{openFile(path, line), announce(text)}`. */
  constructor({ action, details, edits }, i18n, actions) {
    const { t } = i18n;
    const { message = "", code = "", nearest = [] } = action.error ?? {};
    const why =
      message || (i18n.has(`action.error.${code}`) ? t(`action.error.${code}`) : t("failed.unknown"));
    const line = nearest[0]?.[0];
    const open = textButton(t("failed.open"), () => actions.openFile(action.path, line), {
      "data-needs": "open-file",
    });
    const blocks = blocksOf(details, edits);
    this.element.append(
      h("p", { class: "failed-why" }, icon("alert"), h("span", {}, why)),
      ...(nearest.length ? nearestList(nearest, i18n) : []),
      ...(blocks.length ? [h("h4", {}, t("failed.by_hand")), h("p", {}, t("failed.by_hand_text"))] : []),
      ...blocks.flatMap((block, index) => this.#block(block, index, blocks.length, i18n, actions)),
      h("div", { class: "failed-ways" }, open),
    );
  }

  destroy() {}

  #block({ search, replace }, index, total, i18n, { announce }) {
    const { t } = i18n;
    const name = t("failed.block", { number: index + 1, total });
    const copy = textButton(t("failed.copy"), async () => {
      announce(t((await copyText(replace)) ? "code.copied" : "code.copy_failed"));
    });
    const text = (label, content) => [
      h("h5", {}, label),
      h(
        "pre",
        { class: "by-hand", tabindex: "0", role: "group", "aria-label": `${name} — ${label}` },
        content,
      ),
    ];
    return [
      ...(search ? text(t("failed.search"), search) : []),
      ...text(search ? t("failed.replace") : name, replace),
      copy,
    ];
  }
}
