// The bar above the preview: where it is, how wide, of when.
import { h, iconButton } from "../dom.js";

const WIDTHS = [0, 360, 768, 1024, 1440];

export class Toolbar {
  #t;
  #address;
  #back;
  #forward;
  #moment;
  #tab;
  #act;

  /** `act`: back, forward, reload, stop, go(path), width(pixels), moment(number or null), moments(): the revisions. */
  constructor(t, act, tabAddress) {
    this.#t = t;
    this.#act = act;
    this.tabAddress = tabAddress;
    this.element = this.#build();
  }

  show({ trail: { path, canGoBack, canGoForward }, moment }) {
    if (document.activeElement !== this.#address) this.#address.value = `/${path}`;
    this.#back.disabled = !canGoBack;
    this.#forward.disabled = !canGoForward;
    if (this.#moment.value !== String(moment ?? "")) this.#moment.value = String(moment ?? "");
    if (this.#tab) this.#tab.href = this.tabAddress(path);
  }

  focus() {
    this.element.querySelector("button:not(:disabled)").focus();
  }

  /** Revisions to choose from; the one that is shown stays chosen. */
  setMoments(revisions) {
    const chosen = this.#moment.value;
    this.#moment.replaceChildren(
      this.#now(),
      ...revisions.map(({ value, label }) => h("option", { value }, label)),
    );
    this.#moment.value = chosen;
  }

  #now() {
    return h("option", { value: "" }, this.#t("preview.now"));
  }

  #build() {
    const t = this.#t;
    const act = this.#act;
    this.#back = iconButton("back", t("preview.back"), act.back);
    this.#forward = iconButton("forward", t("preview.forward"), act.forward);
    this.#address = h("input", {
      class: "preview-address",
      type: "text",
      spellcheck: "false",
      autocapitalize: "off",
      "aria-label": t("preview.address"),
      value: "/",
    });
    const form = h("form", { class: "preview-go", onsubmit: (event) => this.#go(event) }, this.#address);
    this.#moment = h(
      "select",
      {
        class: "preview-select",
        "aria-label": t("preview.moment"),
        onfocus: () => act.moments(),
        onpointerdown: () => act.moments(),
        onchange: () => act.moment(this.#moment.value ? Number(this.#moment.value) : null),
      },
      this.#now(),
    );
    return h(
      "div",
      { class: "preview-bar", role: "toolbar", "aria-label": t("preview.title") },
      this.#back,
      this.#forward,
      iconButton("reload", t("preview.reload"), act.reload),
      form,
      this.#widths(),
      this.#moment,
      this.#newTab(),
      iconButton("stop", t("preview.stop"), act.stop),
    );
  }

  #widths() {
    const t = this.#t;
    const options = WIDTHS.map((width) => h("option", { value: String(width) }, t(`preview.width.${width}`)));
    const select = h("select", { class: "preview-select", "aria-label": t("preview.width") }, options);
    select.addEventListener("change", () => this.#act.width(Number(select.value)));
    return select;
  }

  #newTab() {
    if (!this.tabAddress) return null;
    const label = this.#t("preview.tab");
    const button = iconButton("outside", label);
    this.#tab = h("a", {
      class: "icon-button",
      target: "_blank",
      rel: "noopener",
      href: this.tabAddress(""),
      "aria-label": label,
      title: label,
    });
    this.#tab.append(...button.childNodes);
    return this.#tab;
  }

  #go(event) {
    event.preventDefault();
    this.#address.blur();
    this.#act.go(this.#address.value.trim().replace(/^\/+/, ""));
  }
}
