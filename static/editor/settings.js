// What a person prefers, remembered in this browser.

const KEY = "webox.editor";
const DEFAULTS = { autosave: true, wrap: false, formatOnSave: false };

export class Settings {
  #values;
  #listeners = new Set();
  #shelf;

  constructor(shelf = globalThis.localStorage) {
    this.#shelf = shelf;
    this.#values = { ...DEFAULTS, ...read(shelf) };
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    this.#values = { ...this.#values, [name]: value };
    write(this.#shelf, this.#values);
    for (const listener of this.#listeners) listener(name, value);
  }

  toggle(name) {
    this.set(name, !this.get(name));
  }

  onChange(listener) {
    this.#listeners.add(listener);
  }
}

/** Storage may be full, switched off, or hold what an older version wrote. */
function read(shelf) {
  try {
    return JSON.parse(shelf.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function write(shelf, values) {
  try {
    shelf.setItem(KEY, JSON.stringify(values));
  } catch {
    // it holds for this page only
  }
}
