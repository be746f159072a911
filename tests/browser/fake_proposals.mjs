// What the stand-in model proposes: `!propose:name`. Each entry is `[wait, "propose", given]` or an event.

const APP = `import { useState } from "react";
import "./old.css";

export default function App() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>Bonjour</h1>
      <p>Ligne une</p>
      <p>Ligne deux</p>
      <p>Ligne trois</p>
      <p>Ligne quatre</p>
      <p>Ligne cinq</p>
      <p>Ligne six</p>
      <p>Ligne sept</p>
      <p>Ligne huit</p>
      <button onClick={() => setCount(count + 1)}>{count}</button>
    </main>
  );
}
`;
const APP_AFTER = APP.replace('import "./old.css";\n', 'import { Button } from "./Button.jsx";\n')
  .replace("<h1>Bonjour</h1>", "<h1>Bonjour, studio</h1>")
  .replace(
    "<button onClick={() => setCount(count + 1)}>{count}</button>",
    "<Button onClick={() => setCount(count + 1)}>{count}</Button>",
  );
const BUTTON = `export function Button({ children, ...rest }) {
  return (
    <button type="button" className="button" {...rest}>
      {children}
    </button>
  );
}
`;
const HOSTILE = '<img src=x onerror="alert(1)">';

const create = (position, path, after, more = {}) => ({
  position,
  action_type: "create_file",
  path,
  before: null,
  after,
  ...more,
});
const modify = (position, path, before, after, more = {}) => ({
  position,
  action_type: "modify_file",
  path,
  before,
  after,
  ...more,
});

function lines(count, make) {
  return `${Array.from({ length: count }, (_, index) => make(index)).join("\n")}\n`;
}

/** Started and written as a model does, then proposed. */
function* written(given, { size = 80, wait = 10 } = {}) {
  const { position, action_type, path } = given;
  yield [wait, "action.started", { position, action_type, path }];
  const text = given.after ?? "";
  for (let at = 0; at < text.length; at += size)
    yield [wait, "action.delta", { position, text: text.slice(at, at + size) }];
  yield [wait, "propose", given];
}

function* said(text) {
  yield [10, "text.delta", { text }];
}

export const PROPOSALS = {
  *one() {
    yield* said("Voici le composant.");
    yield* written(create(0, "src/Button.jsx", BUTTON));
  },
  *app() {
    yield* said("Trois changements dans un fichier.");
    yield [10, "propose", modify(0, "src/App.jsx", APP, APP_AFTER)];
  },
  *several() {
    yield [10, "step.started", { step: 1, tool: "read_file", arguments: { path: "src/App.jsx" } }];
    yield [30, "step.finished", { step: 1, summary: "20 lignes", error: null }];
    yield [10, "step.started", { step: 2, tool: "repair", arguments: { path: "src/App.jsx" } }];
    yield [30, "step.finished", { step: 2, summary: "", error: null }];
    yield* said("Je propose quatre changements.");
    yield* written(create(0, "src/Button.jsx", BUTTON));
    yield [10, "propose", modify(1, "src/App.jsx", APP, APP_AFTER)];
    yield [
      10,
      "propose",
      { position: 2, action_type: "delete_file", path: "src/old.css", before: ".a {\n  color: red;\n}\n" },
    ];
    yield [
      10,
      "propose",
      {
        position: 3,
        action_type: "rename_file",
        path: "src/util.js",
        to: "src/utils.js",
        before: "export {};\n",
        after: "export {};\n",
      },
    ];
  },
  *failed() {
    yield* said("Un changement ne trouve pas sa place.");
    const nearest = [
      [7, "    <main>"],
      [8, "      <h1>Bonjour</h1>"],
    ];
    const error = { code: "no_match", message: "Le texte cherché n’est pas dans src/App.jsx.", nearest };
    const edits = [{ search: "<h1>Salut</h1>", replace: "<h1>Salut, studio</h1>" }];
    yield [10, "propose", modify(0, "src/App.jsx", APP, null, { error, edits })];
    yield [10, "propose", create(1, "src/Button.jsx", BUTTON)];
  },
  *protected() {
    yield* said("Une dépendance de plus.");
    yield [
      10,
      "propose",
      modify(0, "package.json", '{\n  "name": "a"\n}\n', '{\n  "name": "b"\n}\n', { protected: true }),
    ];
  },
  *cut() {
    yield* said("Voici le début");
    yield [10, "action.started", { position: 0, action_type: "create_file", path: "src/Long.jsx" }];
    yield [10, "action.delta", { position: 0, text: "export const un = 1;\nexport const deux" }];
    yield [
      10,
      "turn.interrupted",
      { finish_reason: "length", error: { code: "length", message: "", detail: "" } },
    ];
  },
  *incomplete() {
    yield* said("Un fichier sans sa fin.");
    yield [
      10,
      "propose",
      create(0, "src/Long.jsx", "export const un = 1;\nexport const deux", { incomplete: true }),
    ];
  },
  *hostile() {
    yield* said("Des noms hostiles.");
    const error = { code: "no_match", message: HOSTILE, nearest: [[1, HOSTILE]] };
    yield [10, "propose", create(0, `src/${HOSTILE}.html`, `${HOSTILE}\n<script>alert(2)</script>\n`)];
    yield [10, "propose", modify(1, "__proto__", `a\n${HOSTILE}\n`, `a\n${HOSTILE}${HOSTILE}\n`)];
    yield [
      10,
      "propose",
      modify(2, "src/\u202Egnp.exe", "a\n", null, { error, edits: [{ search: HOSTILE, replace: HOSTILE }] }),
    ];
  },
  *big() {
    const before = lines(10_000, (index) => `const value${index} = compute(${index});`);
    const after = lines(
      10_000,
      (index) => `const value${index} = compute(${index}${index % 40 ? "" : ", true"});`,
    );
    yield* said("Un très long fichier.");
    yield [10, "propose", modify(0, "src/big.js", before, after)];
    yield [10, "propose", { position: 1, action_type: "delete_file", path: "src/gone.js", before }];
  },
  *long() {
    yield* said("Un long fichier, ligne par ligne.");
    yield* written(
      create(
        0,
        "src/long.js",
        lines(10_000, (index) => `const value${index} = compute(${index});`),
      ),
      { size: 2000, wait: 8 },
    );
  },
  *slow() {
    yield* said("Lentement.");
    yield* written(
      create(
        0,
        "src/slow.js",
        lines(400, (index) => `const value${index} = ${index};`),
      ),
      { size: 30, wait: 60 },
    );
  },
  *many() {
    yield* said("Cent fichiers.");
    for (let index = 0; index < 100; index += 1)
      yield [
        0,
        "propose",
        create(index, `src/parts/part-${String(index).padStart(3, "0")}.js`, `export default ${index};\n`),
      ];
  },
  *code() {
    yield* said("Voici :\n\n```jsx\nexport const B = () => <b />;\n```\n");
  },
};
