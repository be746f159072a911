// What a person can do, by name: the palette lists it, keys run it, the help shows it.
import { matchesKeys } from "./keys.js";

export class Commands {
  #known = new Map();

  /**
   * `{id, title, keys, run, when}`: `keys` is "Mod-Shift-p" or several of those, `when()` says whether it can run now,
   * `hidden` keeps it out of the palette, `pane` leaves its keys to others while the focus is elsewhere. Gives back how to
   * take it away.
   */
  add({ keys = [], when = () => true, ...command }) {
    this.#known.set(command.id, { ...command, keys: [keys].flat(), when });
    return () => this.#known.delete(command.id);
  }

  /** Whether it was there to run. */
  run(id, ...given) {
    const command = this.#known.get(id);
    if (!command?.when()) return false;
    command.run(...given);
    return true;
  }

  list() {
    return [...this.#known.values()];
  }

  /** The first key of a command, for labels. */
  keysOf(id) {
    return this.#known.get(id)?.keys[0] ?? null;
  }

  /** Before the editor and the browser see the key: ours win wherever the focus is, but not in a dialog. */
  listen(page) {
    page.addEventListener("keydown", (event) => this.#press(event), { capture: true });
  }

  #press(event) {
    if (event.isComposing || event.defaultPrevented || event.target.closest?.("dialog[open]")) return;
    const found = this.list().find(
      ({ keys, when, pane }) =>
        keys.some((key) => matchesKeys(event, key)) && isFor(event.target, pane) && when(),
    );
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    found.run();
  }
}

function isFor(target, pane) {
  return !pane || target === document.body || Boolean(target.closest?.(`[data-pane="${pane}"]`));
}
