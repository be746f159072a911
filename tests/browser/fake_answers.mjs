// What the stand-in model says: a question may begin with `!name` to get a certain kind of answer.
import { PROPOSALS } from "./fake_proposals.mjs";

const RICH = `Voici un composant **Button** réutilisable, avec ses variantes.

## Le composant

Le fichier \`src/Button.jsx\` exporte une fonction :

\`\`\`jsx
import { forwardRef } from "react";

/* Un bouton du studio :
   accessible et sobre. */
export const Button = forwardRef(function Button({ kind = "primary", children, ...rest }, ref) {
  const label = \`btn btn-\${kind}\`;
  return (
    <button ref={ref} type="button" className={label} {...rest}>
      {children}
    </button>
  );
});
\`\`\`

### Ce qu’il faut savoir

1. Il accepte \`kind\` : *primary*, *quiet* ou ~~old~~ *danger*.
2. Il transmet la référence :
   - utile pour le focus,
   - et pour les tests.
3. Les styles sont dans \`button.css\` :

   \`\`\`css
   .btn { padding: 8px 14px; border-radius: 8px; }
   \`\`\`

| Variante | Usage | Contraste |
|:---------|:-----:|----------:|
| primary  | une par écran | 7,1 |
| quiet    | le reste | 5,2 |

> Conseil : gardez un seul bouton principal par écran.

Voir la [documentation de React](https://react.dev/reference/react/forwardRef) et <https://developer.mozilla.org>.

---

Bonne continuation !`;

const REASONS = [
  "intégration",
  "composant",
  "fichier",
  "fonction",
  "bouton",
  "propriété",
  "état",
  "rendu",
  "module",
  "test",
];

function* words(text, wait) {
  for (const word of text.match(/\s*\S+\s?/g) ?? []) yield [wait, "text.delta", { text: word }];
}

/** About `count` tokens of prose, lists, tables and code, or of one kind alone. */
export function longText(count, kind = "mixed") {
  const sentence = (n) =>
    Array.from({ length: n }, (_, i) => REASONS[(i * 7 + n) % REASONS.length]).join(" ");
  const makers = {
    code: (i) => `const value${i} = compute(${i}, "texte ${i}"); // ligne ${i}\n`,
    paragraph: (i) => `${sentence(9)} **fort ${i}** et \`code\`. `,
    list: (i) => `- ${sentence(6)} **${i}**\n`,
    table: (i) => `| ${i} | ${sentence(4)} | \`v${i}\` |\n`,
    mixed: (i) =>
      `## Partie ${i}\n\n${sentence(40)} **fort** et \`code\`.\n\n- ${sentence(8)}\n- ${sentence(8)}\n\n\`\`\`js\n${Array.from({ length: 8 }, (_, j) => `const v${j} = compute(${i}, ${j});`).join("\n")}\n\`\`\`\n\n`,
  };
  const head = { code: "```js\n", table: "| n | texte | code |\n|---|---|---|\n" }[kind] ?? "";
  let text = head;
  for (let i = 0; text.length < count * 4; i += 1) text += makers[kind](i);
  return kind === "code" ? `${text}\`\`\`\n` : text;
}

function* pieces(text, size, wait) {
  for (let at = 0; at < text.length; at += size)
    yield [wait, "text.delta", { text: text.slice(at, at + size) }];
}

const USAGE = [
  0,
  "usage",
  {
    prompt_tokens: 1830,
    completion_tokens: 412,
    cached_tokens: 1024,
    reasoning_tokens: 0,
    cost: "0.030660",
    estimated: false,
  },
];
const UNKNOWN = [
  0,
  "usage",
  {
    prompt_tokens: 96,
    completion_tokens: 40,
    cached_tokens: null,
    reasoning_tokens: null,
    cost: null,
    estimated: true,
  },
];
const DONE = [0, "turn.completed", {}];
const CONTEXT = [
  0,
  "context.built",
  {
    tokens: 1830,
    files: [{ path: "src/App.jsx", tokens: 812, why: "open" }],
    left_out: 1,
    dropped_messages: 0,
  },
];

const failed = (type, code, detail = "") => [
  40,
  type,
  { finish_reason: null, error: { code, message: "", detail } },
];

const KINDS = {
  *fail(code) {
    yield failed("turn.failed", code || "auth", "Incorrect API key provided: sk-…abcd");
  },
  *cut(code) {
    yield* words("Voici le début de la réponse, qui ne va pas jusqu’au bout parce que la", 15);
    yield failed("turn.interrupted", code || "connection_cut");
  },
  *long(kind) {
    yield* pieces(longText(10_000, kind || "mixed"), 22, 5);
    yield USAGE;
  },
  *slow() {
    yield [2500, "text.delta", { text: "Me " }];
    yield* words("voilà enfin, avec une réponse qui prend tout son temps pour arriver mot après mot.", 120);
  },
  *think() {
    for (const word of RICH.slice(0, 400).split(" ")) yield [20, "reasoning.delta", { text: `${word} ` }];
    yield* words("Tout bien pesé : **oui**.", 30);
    yield UNKNOWN;
  },
  *steps() {
    yield [60, "step.started", { step: 1, tool: "list_files", arguments: {} }];
    yield [200, "step.finished", { step: 1, summary: "3 fichiers", error: null }];
    yield [60, "step.started", { step: 2, tool: "read_file", arguments: { path: "src/App.jsx" } }];
    yield [200, "step.finished", { step: 2, summary: "812 jetons", error: null }];
    yield [60, "step.started", { step: 3, tool: "search", arguments: { query: "useState" } }];
    yield [200, "step.finished", { step: 3, summary: "", error: "too_large" }];
    yield* words("J’ai lu le projet, et je propose deux changements.", 20);
    yield [60, "action.started", { position: 0, action_type: "create_file", path: "src/Button.jsx" }];
    yield [
      200,
      "action.proposed",
      {
        position: 0,
        action: { id: 7, action_type: "create_file", path: "src/Button.jsx", status: "pending" },
      },
    ];
    yield [
      60,
      "action.proposed",
      {
        position: 1,
        action: { id: 8, action_type: "modify_file", path: "src/App.jsx", status: "completed" },
      },
    ];
  },
  /** A text in every place that a model or its server fills. */
  *everywhere(_argument, text) {
    yield [20, "reasoning.delta", { text }];
    yield [20, "step.started", { step: 1, tool: "read_file", arguments: { path: text } }];
    yield [20, "step.finished", { step: 1, summary: text, error: null }];
    yield [20, "step.started", { step: 2, tool: text, arguments: { path: text, query: text } }];
    yield [20, "step.finished", { step: 2, summary: "", error: text }];
    yield [20, "text.delta", { text: "Voici." }];
    yield failed("turn.interrupted", "bad_request", text);
  },
  *propose(name) {
    yield* PROPOSALS[name]();
  },
  *echo(_argument, rest) {
    yield* pieces(rest, 7, 4);
  },
  *count(argument) {
    for (let index = 1; index <= Number(argument || 100); index += 1)
      yield [15, "text.delta", { text: `${index} ` }];
  },
};

export function* answerTo(question, { delay }) {
  const named = /^!(\w+)(?::(\w+))?\s*([\s\S]*)$/.exec(question);
  yield CONTEXT;
  if (named && named[1] in KINDS) {
    let ended = false;
    for (const event of KINDS[named[1]](named[2], named[3])) {
      ended ||= event[1].startsWith("turn.");
      yield event;
    }
    if (!ended) yield DONE;
    return;
  }
  yield [delay ?? 350, "text.delta", { text: "" }];
  yield* words(RICH, delay ?? 12);
  yield USAGE;
  yield DONE;
}
