// What a page said, in words for its console and for the assistant. Values in, values out.

/** A message of the page as a line of the console; `place` finds the source of compiled code, `shelf` is what we have. */
export function entryOf(message, { place, shelf }, t) {
  if (message.type === "missing") {
    return { level: "error", text: t("preview.missing", { address: message.address }) };
  }
  if (message.type === "babel") {
    return { level: "error", text: t(`preview.babel.${message.state}`), file: message.file };
  }
  const placed = place(message);
  return message.type === "blocked" ? { ...placed, ...blocked(message, shelf, t) } : placed;
}

const KINDS = { script: "code", style: "code", connect: "server", img: "file", font: "file", media: "file" };
const PACKAGE =
  /(?:unpkg\.com|esm\.sh|esm\.run|skypack\.dev|\/npm|\/ajax\/libs)[/:]((?:@[^/@]+\/)?[^/@?]+)(?:[@/][~^v]?(\d+))?/;

/** What was held back, why, and what to do: without its code a page does not work, without a picture it does. */
function blocked({ directive, address }, shelf, t) {
  const kind = KINDS[directive.split("-")[0]] ?? "other";
  const level = kind === "code" ? "error" : "warn";
  const [, name] = address.match(PACKAGE) ?? [];
  const ours = shelf.filter((one) => one.slice(0, one.lastIndexOf("@")) === name);
  if (kind === "code" && ours.length)
    return { level, text: t("preview.blocked.version", { address, ours: ours.join(", ") }) };
  return { level, text: t(`preview.blocked.${kind}`, { directive, address, ours: shelf.join(", ") }) };
}

/** What the compiler said. */
export function buildEntry({ level = "error", text, file = "", line = 0, column = 0, detail }, t) {
  const said = detail?.code ? t(`preview.build.${detail.code}`, { name: detail.name }) : text;
  return { level, build: true, text: said, file, line, column: column + 1 };
}

/** The question to the assistant: the page's own words stay in a fence that they cannot close. */
export function questionOf({ text, file, line, column }, t) {
  const where = file ? `\n${file}${line ? `:${line}:${column}` : ""}` : "";
  const longest = Math.max(2, ...[...`${text}${where}`.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${t("preview.fix_this")}\n\n${fence}\n${text}${where}\n${fence}`;
}
