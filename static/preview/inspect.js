// A value as text for the console: bounded in depth, in breadth and in length, whatever it is.

const DEEP = 3;
const WIDE = 30;
const LONG = 2000;

export function inspect(value, depth = 0, seen = new Set()) {
  try {
    return shown(value, depth, seen).slice(0, LONG);
  } catch {
    return "[?]"; // a getter or a proxy that throws
  }
}

function shown(value, depth, seen) {
  if (value === null || (typeof value !== "object" && typeof value !== "function"))
    return plain(value, depth);
  if (typeof value === "function") return `ƒ ${value.name || ""}()`;
  if (value instanceof Error) return String(value.stack || value);
  if (value instanceof Element) return `<${value.localName}${value.id ? `#${value.id}` : ""}>`;
  if (value instanceof Date || value instanceof RegExp) return String(value);
  return seen.has(value) ? "[…]" : inside(value, depth, new Set(seen).add(value));
}

function plain(value, depth) {
  if (typeof value === "string") return depth ? JSON.stringify(value.slice(0, LONG)) : value;
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function inside(value, depth, seen) {
  const name = value.constructor?.name;
  if (Array.isArray(value)) {
    if (depth >= DEEP) return `Array(${value.length})`;
    return `[${list(value.slice(0, WIDE), value.length, (item) => inspect(item, depth + 1, seen))}]`;
  }
  if (value instanceof Map || value instanceof Set) {
    return `${name}(${value.size}) ${inspect([...value].slice(0, WIDE), depth, seen)}`;
  }
  const title = name && name !== "Object" ? `${name} ` : "";
  if (depth >= DEEP) return `${title}{…}`;
  const keys = Object.keys(value);
  const pair = (key) => `${key}: ${inspect(value[key], depth + 1, seen)}`;
  return `${title}{${list(keys.slice(0, WIDE), keys.length, pair)}}`;
}

function list(items, length, each) {
  const texts = items.map(each);
  if (length > items.length) texts.push("…");
  return texts.join(", ");
}
