// Key names such as "Mod-Shift-p": what they match, and how they read on a PC and on a Mac. No DOM.

const ORDER = ["Ctrl", "Alt", "Shift", "Meta"];
const MAC = {
  Ctrl: "⌃",
  Alt: "⌥",
  Shift: "⇧",
  Meta: "⌘",
  Enter: "↩",
  Escape: "⎋",
  Backspace: "⌫",
  ArrowUp: "↑",
};
const PC = { Meta: "Win", Escape: "Esc", PageUp: "PgUp", PageDown: "PgDn", ArrowUp: "↑" };
const ARROWS = { ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

export function isMac(navigator = globalThis.navigator) {
  return /mac|iphone|ipad/i.test(navigator?.userAgentData?.platform ?? navigator?.platform ?? "");
}

/** `{modifiers: Set, key}`; `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function parseKeys(keys, mac = isMac()) {
  const parts = keys.split(/-(?=.)/); // "Mod--" is Mod and the minus key
  const key = parts.pop();
  const modifiers = parts.map((name) => (name === "Mod" ? (mac ? "Meta" : "Ctrl") : name));
  return { modifiers: new Set(modifiers), key };
}

/** Alt changes what a key types on a Mac, and Shift on most keyboards: letters and digits go by their place too. */
export function matchesKeys(event, keys, mac = isMac()) {
  const { modifiers, key } = parseKeys(keys, mac);
  const held = { Ctrl: event.ctrlKey, Alt: event.altKey, Shift: event.shiftKey, Meta: event.metaKey };
  if (ORDER.some((name) => held[name] !== modifiers.has(name))) return false;
  return event.key?.toLowerCase() === key.toLowerCase() || (held.Alt && event.code === codeOf(key));
}

function codeOf(key) {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`;
  return /^\d$/.test(key) ? `Digit${key}` : key;
}

/** "Ctrl+Shift+P" or "⇧⌘P". */
export function keysLabel(keys, mac = isMac()) {
  const { modifiers, key } = parseKeys(keys, mac);
  const names = { ...ARROWS, ...(mac ? MAC : PC) };
  const shown = [...ORDER.filter((name) => modifiers.has(name)), key].map(
    (name) => names[name] ?? (name.length === 1 ? name.toUpperCase() : name),
  );
  return shown.join(mac ? "" : "+");
}
