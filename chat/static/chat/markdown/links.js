// Where a link leads, for the person to see.

function parsed(href) {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}

/** The host to show beside a link, or "" where its own text already is the address. */
export function linkHost(href, text) {
  const url = parsed(href);
  if (!url) return href;
  const told = url.protocol === "mailto:" ? decodeURIComponentSafely(url.pathname) : url.host;
  const shown = text.trim().replace(/^(?:https?:\/\/|mailto:)/i, "");
  // Only a text that begins with the very host, and ends there or goes on with a path, tells the truth.
  const honest = shown === told || shown.startsWith(`${told}/`);
  return honest ? "" : told;
}

function decodeURIComponentSafely(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
