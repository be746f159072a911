// The first answer should be as smooth as the second: parser, sanitiser and the usual grammars run once, unseen, in
// pauses of the browser.
import { whenIdle } from "../slices.js";
import { MarkdownView } from "./markdown_view.js";

const SAMPLES = [
  "## a\n\nb **c** `d` [e](https://f.g)\n\n- h\n\n| i |\n|---|\n| j |\n",
  "```js\nconst a = `b` + 1; // d\n```\n",
  '```html\n<p class="a">b</p>\n```\n',
  "```css\na { color: red }\n```\n",
  "```python\ndef a(): pass\n```\n",
];

export function warmUp() {
  const [sample, ...rest] = SAMPLES;
  const nothing = () => {};
  const tools = { t: (key) => key, announce: nothing, insert: nothing, create: nothing };
  const next = (text, others) => {
    new MarkdownView(tools).update(text, true);
    if (others.length) whenIdle(() => next(others[0], others.slice(1)));
  };
  whenIdle(() => next(sample, rest));
}
