// What is no text to edit: images, fonts, PDFs… shown in place of the editor by whoever knows the kind.
export class OtherView {
  /** `{test(path, file), mount(place, {path, file}) → {destroy?}}`: the first whose test holds shows the file. */
  viewers = [];
  #place;
  #t;
  #shown = null;

  constructor(place, t) {
    this.#place = place;
    this.#t = t;
  }

  show({ path, file }) {
    this.close();
    this.#place.hidden = false;
    const viewer = this.viewers.find(({ test }) => test(path, file));
    this.#shown = viewer?.mount(this.#place, { path, file }) ?? null;
    if (!viewer) this.#place.textContent = this.#t("editor.binary", { path });
  }

  close() {
    this.#shown?.destroy?.();
    this.#shown = null;
    this.#place.replaceChildren();
    this.#place.hidden = true;
  }
}
