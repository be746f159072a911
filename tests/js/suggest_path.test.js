import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestedPath } from "../../chat/static/chat/suggest_path.js";

const REACT = "export default function Button() {\n  return <button>OK</button>;\n}\n";
const ASKED = "Crée un fichier Button.jsx avec un composant React";

/** What was asked, the block's language, its code, and the path that is offered. */
const CASES = [
  [ASKED, "jsx", REACT, "Button.jsx"],
  [ASKED, "javascript", REACT, "Button.jsx"],
  [ASKED, "", REACT, "Button.jsx"],
  [ASKED, "css", "a {}\n", ""],
  [ASKED, "bash", "npm i react\n", ""],
  [ASKED, "console", "$ npm i react\n", ""],
  ["Fais-moi Card.jsx et Button.jsx.", "jsx", REACT, "Button.jsx"],
  ["Ajoute src/ui/Button.jsx, comme dans App.jsx", "jsx", "x\n", "src/ui/Button.jsx"],
  ["Une page index.html et style.css", "css", "a {}\n", "style.css"],
  ["Explique Node.js et Vue.js sur https://example.com/a.js, example.com", "js", "x\n", ""],
  ["Fais un bouton", "jsx", `// src/Button.jsx\n${REACT}`, "src/Button.jsx"],
  ["Fais une page", "html", "<!-- index.html -->\n<p>x</p>\n", "index.html"],
  ["Fais un script", "python", "# app.py\nprint(1)\n", "app.py"],
  ["Écris dans ../secret.js", "js", "x\n", ""],
  ["", "", "", ""],
];

for (const [question, language, code, path] of CASES) {
  test(`${JSON.stringify(question)} and ${language || "no language"} offer ${path || "nothing"}`, () => {
    assert.equal(suggestedPath({ question, language, code }), path);
  });
}

test("what the block says itself comes first", () => {
  assert.equal(
    suggestedPath({ info: 'jsx title="src/App.jsx"', language: "jsx", code: REACT, question: ASKED }),
    "src/App.jsx",
  );
});

test("whole names only, wherever they are said", () => {
  const said = (given) => suggestedPath({ language: "", ...given });
  assert.equal(said({ info: "jsx:src/Card.jsx", language: "jsx:src/Card.jsx" }), "src/Card.jsx");
  assert.equal(said({ info: "jsx src/Card.jsx" }), "src/Card.jsx");
  assert.equal(said({ question: "Ajoute un .env.example" }), ".env.example");
  assert.equal(said({ question: "Passe à la version 1.2.3" }), "");
  assert.equal(said({ question: "Dans `src/a.js`: une fonction." }), "src/a.js");
});

test("a long hostile request is answered too", () => {
  for (const question of ["a/".repeat(50_000), "a.".repeat(50_000), `${"a.".repeat(99)}js`])
    assert.equal(typeof suggestedPath({ language: "js", question, code: `// ${question}` }), "string");
});
