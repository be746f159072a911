// What the worker does with a text. No DOM, no messages; each parser comes when it is first needed.

const SCRIPTS = new Set(["javascript", "jsx", "typescript", "tsx"]);
const SHEETS = new Set(["scss", "less"]);

/** `[{from, to, severity, code, values}]`; `pieces` are the parts of a page that are in another language. */
export async function problemsIn({ language, text, path = "", pieces = [] }) {
  if (SCRIPTS.has(language)) return (await import("./script.js")).scriptErrors(text, { language, path });
  if (language === "css") return (await import("./style.js")).styleErrors(text);
  if (SHEETS.has(language)) return (await import("./sheet.js")).sheetErrors(text, language);
  if (language === "yaml") return (await import("./yaml.js")).yamlErrors(text);
  if (language === "vue") return (await import("./vue.js")).vueErrors(text, path);
  const found = await Promise.all(
    pieces.map((piece) => problemsIn({ language: piece.language, text: masked(text, piece), path })),
  );
  return found.flat();
}

/** The text with nothing but the piece in it, at its place. */
export function masked(text, { from, to }) {
  const blank = (part) => part.replace(/[^\r\n]/g, " ");
  return blank(text.slice(0, from)) + text.slice(from, to) + blank(text.slice(to));
}
