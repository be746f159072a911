// The lines between panes: dragged, or moved by the arrow keys, they make one pane wider and the other narrower, and
// stay where they were left.
import { h } from "../dom.js";

/** `axis`: which way it moves; `towards`: 1 where the pane grows with it, -1 where it shrinks. */
const LINES = [
  { name: "side", pane: ".side", axis: "x", towards: 1, least: 160, most: 640, property: "--wb-side" },
  {
    name: "preview",
    pane: ".preview",
    axis: "x",
    towards: -1,
    least: 220,
    most: 1400,
    property: "--wb-preview",
  },
  { name: "bottom", pane: ".bottom", axis: "y", towards: -1, least: 80, most: 700, property: "--wb-bottom" },
  { name: "chat", pane: ".chat-pane", axis: "x", towards: -1, least: 280, most: 900, property: "--wb-chat" },
];
const STEP = 16;
const KEY = "webox.sizes";
const TEXT_STAYS = 240;

export function startResizing({ t }) {
  const sizes = remembered();
  for (const line of LINES) {
    if (sizes[line.name]) document.body.style.setProperty(line.property, `${sizes[line.name]}px`);
    const pane = document.querySelector(line.pane);
    if (pane) new Divider(line, pane, t(`layout.${line.name}`));
  }
}

class Divider {
  #line;
  #pane;
  #element;
  #start = null;

  constructor(line, pane, label) {
    this.#line = line;
    this.#pane = pane;
    this.#element = h("div", {
      class: `divider ${line.axis} at-${line.name}`,
      role: "separator",
      tabindex: "0",
      "aria-label": label,
      "aria-orientation": line.axis === "x" ? "vertical" : "horizontal",
      "aria-valuemin": line.least,
      "aria-valuemax": line.most,
      "aria-valuenow": line.least,
    });
    pane.append(this.#element);
    this.#listen();
    new ResizeObserver(() => this.#tell()).observe(pane);
  }

  get #size() {
    const { width, height } = this.#pane.getBoundingClientRect();
    return Math.round(this.#line.axis === "x" ? width : height);
  }

  #listen() {
    this.#element.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#element.addEventListener("pointermove", (event) => this.#drag(event));
    this.#element.addEventListener("lostpointercapture", () => this.#drop());
    this.#element.addEventListener("keydown", (event) => this.#press(event));
    this.#element.addEventListener("dblclick", () => this.#reset());
  }

  #grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#element.setPointerCapture(event.pointerId);
    this.#start = { at: this.#at(event), size: this.#size };
    document.body.dataset.resizing = this.#line.axis;
  }

  /** Frames of other origins would take the pointer; the style sheet keeps them from it meanwhile. */
  #drag(event) {
    if (this.#start) this.#set(this.#start.size + (this.#at(event) - this.#start.at) * this.#line.towards);
  }

  #drop() {
    this.#start = null;
    delete document.body.dataset.resizing;
    remember(this.#line.name, this.#size);
  }

  #press(event) {
    const { axis, towards, least, most } = this.#line;
    const steps = axis === "x" ? { ArrowLeft: -1, ArrowRight: 1 } : { ArrowUp: -1, ArrowDown: 1 };
    const places = { Home: least, End: most };
    if (event.key in places) this.#set(places[event.key]);
    else if (event.key in steps)
      this.#set(this.#size + steps[event.key] * STEP * towards * (event.shiftKey ? 4 : 1));
    else return;
    event.preventDefault();
    remember(this.#line.name, this.#size);
  }

  #set(size) {
    const { least, most, property } = this.#line;
    const room = this.#line.axis === "x" ? innerWidth - TEXT_STAYS : innerHeight - TEXT_STAYS;
    const fitting = Math.max(least, Math.min(size, most, room));
    document.body.style.setProperty(property, `${Math.round(fitting)}px`);
  }

  #reset() {
    document.body.style.removeProperty(this.#line.property);
    remember(this.#line.name, null);
  }

  #tell() {
    const size = this.#size;
    if (size) this.#element.setAttribute("aria-valuenow", size);
  }

  #at(event) {
    return this.#line.axis === "x" ? event.clientX : event.clientY;
  }
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // not ours, or broken
  }
}

function remember(name, size) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...remembered(), [name]: size }));
  } catch {
    // full or switched off: the next page has the usual sizes
  }
}
