// What a page said, in words for its console and for the assistant. Values in, values out.

/** A message of the page as a line of the console; `place` finds the source of compiled code. */
export function entryOf(message, place, t) {
  if (message.type === "missing") {
    return { level: "error", text: t("preview.missing", { address: message.address }) };
  }
  const placed = place(message);
  if (message.type !== "blocked") return placed;
  const { directive, address } = message;
  return { ...placed, level: "warn", text: t("preview.blocked", { directive, address }) };
}

/** What the compiler said. */
export function buildEntry({ text, file = "", line = 0, column = 0, detail }, t) {
  const said = detail?.code ? t(`preview.build.${detail.code}`, { name: detail.name }) : text;
  return { level: "error", build: true, text: said, file, line, column: column + 1 };
}

/** The question to the assistant: the page's own words stay in a fence that they cannot close. */
export function questionOf({ text, file, line, column }, t) {
  const where = file ? `\n${file}${line ? `:${line}:${column}` : ""}` : "";
  const longest = Math.max(2, ...[...`${text}${where}`.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${t("preview.fix_this")}\n\n${fence}\n${text}${where}\n${fence}`;
}
