// Formats the open file with Prettier, in a worker that is started when it is first asked for.
import { startWorker } from "./trusted.js";

const WITHIN = 30_000;
const RULES = [".prettierrc", ".prettierrc.json"];
/** What a project may say of its own; a `plugins` of a hostile project would name code to load. */
const ALLOWED = new Set(
  (
    "printWidth tabWidth useTabs semi singleQuote quoteProps jsxSingleQuote trailingComma bracketSpacing bracketSameLine " +
    "arrowParens proseWrap htmlWhitespaceSensitivity vueIndentScriptAndStyle singleAttributePerLine objectWrap"
  ).split(" "),
);

const FORMATTED = new Set(
  "html vue css scss less javascript jsx typescript tsx json markdown yaml".split(" "),
);

export function canFormat(language) {
  return FORMATTED.has(language);
}

let worker = null;
let last = 0;

/** `{text, cursor}`; rejects with `{message, line, column}` where the text cannot be read, or with a `TimeoutError`. */
export function format(request) {
  worker ??= startWorker("format");
  const id = ++last;
  return new Promise((resolve, reject) => {
    const giveUp = (error) => {
      worker?.terminate(); // a worker that hangs would hang for the next one too
      worker = null;
      end();
      reject(error);
    };
    const timer = setTimeout(() => giveUp(new DOMException("", "TimeoutError")), WITHIN);
    const failed = (event) => giveUp(new Error(event.message));
    const answered = ({ data }) => {
      if (data.id !== id) return;
      end();
      if (data.error) reject(data.error);
      else resolve(data);
    };
    const own = worker;
    const end = () => {
      clearTimeout(timer);
      own.removeEventListener("message", answered);
      own.removeEventListener("error", failed);
    };
    worker.addEventListener("message", answered);
    worker.addEventListener("error", failed);
    worker.postMessage({ id, ...request });
  });
}

/** The project's `.prettierrc`, where it is JSON; else nothing. */
export async function rulesOf(studio, read) {
  const path = RULES.find((name) => studio.tree.paths().includes(name));
  if (!path) return {};
  try {
    const given = JSON.parse((await read(path)) ?? "{}");
    return Object.fromEntries(Object.entries(given).filter(([name]) => ALLOWED.has(name)));
  } catch {
    return {};
  }
}
