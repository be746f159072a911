// A page in the sandbox has no origin of its own, so no storage, cookies or dialogs: it gets stand-ins, for itself alone,
// so that a page which only wants to remember its list still runs. They last as long as the frame.

const MARK = "webox:";
const MOST = 200_000;

export function fillIn(say) {
  const kept = read();
  for (const name of ["localStorage", "sessionStorage"]) {
    if (!works(name)) define(window, name, { value: storage(kept, name) });
  }
  if (!hasCookies()) define(document, "cookie", { get: () => "", set: () => {} });
  // browsers that know no Connection-Allowlist would let these past the policy
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete window[name];
  for (const name of ["alert", "confirm", "prompt"]) {
    window[name] = (text = "") => {
      say("log", { level: "info", text: `${name}(): ${String(text).slice(0, 2000)}` });
      return name === "confirm" ? false : name === "prompt" ? null : undefined;
    };
  }
}

function works(name) {
  try {
    return Boolean(window[name]);
  } catch {
    return false;
  }
}

function hasCookies() {
  try {
    return typeof document.cookie === "string";
  } catch {
    return false;
  }
}

function define(target, name, how) {
  Object.defineProperty(target, name, { configurable: true, ...how });
}

/** The frame's name is what lasts from one load to the next; one that the page gave is its own. */
function read() {
  try {
    return window.name.startsWith(MARK) ? JSON.parse(window.name.slice(MARK.length)) : {};
  } catch {
    return {};
  }
}

function storage(kept, name) {
  kept[name] ??= {};
  const values = new Map(Object.entries(kept[name]));
  const keep = () => {
    kept[name] = Object.fromEntries(values);
    const text = MARK + JSON.stringify(kept);
    if (text.length > MOST) throw new DOMException("full", "QuotaExceededError");
    if (!window.name || window.name.startsWith(MARK)) window.name = text;
  };
  const methods = {
    getItem: (key) => values.get(String(key)) ?? null,
    setItem: (key, value) => {
      values.set(String(key), String(value));
      keep();
    },
    removeItem: (key) => {
      if (values.delete(String(key))) keep();
    },
    clear: () => {
      values.clear();
      keep();
    },
    key: (index) => [...values.keys()][index] ?? null,
  };
  return new Proxy(methods, {
    get: (target, key) =>
      key === "length" ? values.size : (target[key] ?? values.get(String(key)) ?? undefined),
    set: (_, key, value) => {
      methods.setItem(key, value);
      return true;
    },
    deleteProperty: (_, key) => {
      methods.removeItem(key);
      return true;
    },
    has: (target, key) => key in target || values.has(String(key)),
    ownKeys: () => [...values.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      values.has(key)
        ? { value: values.get(key), enumerable: true, configurable: true, writable: true }
        : undefined,
  });
}
