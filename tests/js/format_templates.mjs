// Formats texts of templates as the editor's worker does: a JSON list in, a list of texts out (null for a refusal).
import { text as all } from "node:stream/consumers";
import { formatted } from "../../static/editor/workers/prettier.js";

const made = [];
for (const text of JSON.parse(await all(process.stdin))) {
  const one = await formatted({ language: "django", text, cursor: 0, options: {} }).catch(({ code }) => {
    if (code !== "template") throw new Error(`could not be formatted: ${text.slice(0, 80)}`);
    return { text: null };
  });
  made.push(one.text);
}
console.log(JSON.stringify(made));
