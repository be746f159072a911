// Which panes are shown. A wide screen shows several (`data-shown`), a narrow one the current one (`data-current`);
// the style sheet does the rest, so the page is right before any script runs. The server draws what a cookie remembers.

const NARROW = "(max-width: 760px)";
/** As in `css/editor.css`: room for everything at once. */
const ROOMY = "(min-width: 1400px)";
const YEAR = 31_536_000;
/** Panes that share a place: showing one hides the others. */
const SIDE = ["files", "search", "history"];

export class Panes {
  #panes;
  #bus;
  #narrow = matchMedia(NARROW);

  constructor(page, bus) {
    this.#bus = bus;
    this.#panes = new Map([...page.querySelectorAll("[data-pane]")].map((pane) => [pane.dataset.pane, pane]));
    page.addEventListener("click", (event) => this.#press(event));
    this.#narrow.addEventListener("change", () => this.#mark());
    this.#settle();
    this.#mark();
  }

  /** What the server left to the width of the screen: decided once, from then on it is the person's. */
  #settle() {
    for (const pane of this.#panes.values()) {
      if (!pane.hasAttribute("data-by-width")) continue;
      if (!matchMedia(ROOMY).matches) pane.removeAttribute("data-shown");
      pane.removeAttribute("data-by-width");
    }
  }

  /** The element to fill. */
  element(name) {
    return this.#panes.get(name);
  }

  isShown(name) {
    const pane = this.#panes.get(name);
    return Boolean(pane?.hasAttribute(this.#narrow.matches ? "data-current" : "data-shown"));
  }

  show(name) {
    if (!this.#panes.has(name) || this.isShown(name)) return;
    if (this.#narrow.matches) this.#makeCurrent(name);
    else this.#makeShown(name);
    this.#changed(name, true);
  }

  /** On a narrow screen there is always one pane: hiding it shows the editor. */
  hide(name) {
    if (!this.isShown(name)) return;
    if (this.#narrow.matches) {
      if (name !== "editor") this.show("editor");
      return;
    }
    this.#panes.get(name).removeAttribute("data-shown");
    this.#changed(name, false);
  }

  toggle(name) {
    if (this.isShown(name)) this.hide(name);
    else this.show(name);
  }

  #makeCurrent(name) {
    for (const [other, pane] of this.#panes) pane.toggleAttribute("data-current", other === name);
  }

  #makeShown(name) {
    if (SIDE.includes(name)) for (const other of SIDE) this.#panes.get(other)?.removeAttribute("data-shown");
    this.#panes.get(name).setAttribute("data-shown", "");
  }

  #changed(name, shown) {
    this.#mark();
    this.#remember();
    this.#bus.dispatchEvent(new CustomEvent("panes", { detail: { name, shown } }));
  }

  /** Buttons of the page: `data-view` chooses, `data-toggle` toggles. */
  #press(event) {
    const button = event.target.closest?.("[data-view], [data-toggle]");
    if (!button) return;
    if (button.dataset.view) this.show(button.dataset.view);
    else this.toggle(button.dataset.toggle);
  }

  #mark() {
    for (const button of document.querySelectorAll("[data-view], [data-toggle]")) {
      const name = button.dataset.view ?? button.dataset.toggle;
      button.setAttribute("aria-pressed", String(this.isShown(name)));
    }
  }

  #remember() {
    const shown = [...this.#panes]
      .filter(([, pane]) => pane.hasAttribute("data-shown"))
      .map(([name]) => name);
    const current = [...this.#panes].find(([, pane]) => pane.hasAttribute("data-current"))?.[0] ?? "editor";
    // biome-ignore lint/suspicious/noDocumentCookie: the server draws the panes from it, before any script runs
    document.cookie = `webox_panes=${[current, ...shown].join(".")}; path=/projects; max-age=${YEAR}; samesite=lax`;
  }
}
