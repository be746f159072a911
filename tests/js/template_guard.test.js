// Whether a template shows the same, held against showing it: every way through its loops and branches.
import assert from "node:assert/strict";
import { test } from "node:test";
import { held } from "../../static/editor/workers/held.js";
import { showsTheSame } from "../../static/editor/workers/template_guard.js";

const SAME = [
  [
    "<ul>{% for a in b %}<li>x</li>{% endfor %}</ul>",
    "<ul>\n{% for a in b %}\n<li>x</li>\n{% endfor %}\n</ul>",
  ],
  ["<p>{% if a %}b{% else %}c{% endif %}</p>", "<p>\n{% if a %}\nb\n{% else %}\nc\n{% endif %}\n</p>"],
  ["<p>{% if a %}b{% endif %}</p>", "<p>\n  {% if a %}\n b\n {% endif %}\n</p>"],
  [
    "{% for a in b %}<p>x</p>{% empty %}<p>y</p>{% endfor %}",
    "{% for a in b %}\n<p>x</p>\n{% empty %}\n<p>y</p>\n{% endfor %}",
  ],
  ["<p>{% with a=b %}c{% endwith %}</p>", "<p> {% with a=b %} c {% endwith %} </p>"],
];
const DIFFERENT = {
  "a loop's edge is beside itself": [
    "<p>{% for a in b %}x{% endfor %}</p>",
    "<p>\n{% for a in b %}\nx\n{% endfor %}\n</p>",
  ],
  "before the first and after the last alone": [
    "<p>{% for a in b %}x{% endfor %}</p>",
    "<p>{% for a in b %} x{% endfor %}</p>",
  ],
  "a branch that is not taken": ["x{% if a %}<p>y</p>{% endif %}z", "x{% if a %}<p>y</p>{% endif %} z"],
  "a loop that does not run": [
    "x{% for a in b %}<p>y</p>{% endfor %}z",
    "x{% for a in b %}<p>y</p>{% endfor %} z",
  ],
  "the other branch": [
    "{% if a %}<p>x</p>{% else %}y{% endif %}z",
    "{% if a %}<p>x</p>{% else %}y{% endif %} z",
  ],
  "an empty branch": [
    "x{% if a %}{% else %}<p>y</p>{% endif %}z",
    "x{% if a %}{% else %}<p>y</p>{% endif %} z",
  ],
  "with a dash": ["x{%- if a %}<p>y</p>{% endif %}z", "x{%- if a %}<p>y</p>{% endif %} z"],
  "an unknown block": ["<div>{% box %}x{% endbox %}</div>", "<div>{% box %}x {% endbox %}</div>"],
  "a filter": ["<div>{% filter a %}x{% endfilter %}</div>", "<div>{% filter a %}x {% endfilter %}</div>"],
  "a muddle": ["<p>{% if a %}x{% endfor %}</p>", "<p>{% if a %} x{% endfor %}</p>"],
};

test("white space at the edges of loops and branches", () => {
  for (const [one, other] of SAME) assert.ok(showsTheSame(one, other), other);
  for (const [name, [one, other]] of Object.entries(DIFFERENT)) assert.ok(!showsTheSame(one, other), name);
});

/** Numbers that are the same in every run. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** `["text", "x"]`, `["if", [ways], isSure]`, `["for", body, empty or null]`. */
function someTemplate(pick, depth = 0) {
  return Array.from({ length: 1 + pick(depth ? 3 : 5) }, () => {
    const kind = pick(depth < 2 ? 8 : 5);
    if (kind < 2) return ["text", ["x", "y", "{{ a }}"][pick(3)]];
    if (kind < 5) return ["text", ["<p>", "</p>", "<b>", "<!-- c -->", " "][pick(5)]];
    const body = () => (pick(5) ? someTemplate(pick, depth + 1) : []);
    if (kind < 7) return ["if", Array.from({ length: 1 + pick(3) }, body), pick(2) > 0];
    return ["for", body(), pick(2) ? body() : null];
  });
}

/** The source, with white space where `gap` says so: before each piece and at the ends. */
function written(nodes, gap) {
  return (
    nodes
      .map(([kind, one, other]) => {
        if (kind === "text") return gap() + one;
        if (kind === "for") {
          const empty = other ? `${gap()}{% empty %}${written(other, gap)}` : "";
          return `${gap()}{% for i in l %}${written(one, gap)}${empty}${gap()}{% endfor %}`;
        }
        const name = (index) =>
          index === 0 ? "{% if a %}" : other && index === one.length - 1 ? "{% else %}" : "{% elif b %}";
        return `${one.map((way, index) => gap() + name(index) + written(way, gap)).join("")}${gap()}{% endif %}`;
      })
      .join("") + gap()
  );
}

/** What is shown: one branch at random, loops up to three times. Read from the source, as it stands. */
class Showing {
  #pieces;
  #at = 0;
  #pick;

  constructor(source, pick) {
    this.#pieces = source.match(/\{%.*?%\}|<!--.*?-->|<[^>]*>|\s+|[^\s<{]+|\{\{.*?\}\}/g) ?? [];
    this.#pick = pick;
  }

  text() {
    return this.#way()
      .replace(/\s+/g, " ")
      .replace(/ ?(<\/?p>) ?/g, "$1");
  }

  #way() {
    let made = "";
    while (this.#at < this.#pieces.length && !/^\{% (el|em|end)/.test(this.#pieces[this.#at])) {
      made += this.#one(this.#pieces[this.#at++]);
    }
    return made;
  }

  #one(piece) {
    if (piece.startsWith("{% if")) return this.#branch();
    if (piece.startsWith("{% for")) return this.#loop();
    return piece.startsWith("<!--") ? "" : piece;
  }

  #branch() {
    const ways = [];
    for (let tag = "{% if"; ; ) {
      ways.push(this.#way());
      const next = this.#pieces[this.#at++];
      if (next === "{% endif %}")
        return [...ways, ...(tag === "{% else %}" ? [] : [""])].at(this.#pick(ways.length + 1) - 1);
      tag = next;
    }
  }

  #loop() {
    const from = this.#at;
    const times = this.#pick(4);
    const made = Array.from({ length: Math.max(1, times) }, () => {
      this.#at = from;
      return this.#way();
    });
    const empty = this.#pieces[this.#at++] === "{% empty %}" ? this.#way() : null;
    if (empty !== null) this.#at += 1;
    return times ? made.join("") : (empty ?? "");
  }
}

test("what the guard lets pass shows the same on every way", () => {
  const pick = random(20261122);
  let passed = 0;
  for (let round = 0; round < 6000; round++) {
    const nodes = someTemplate(pick);
    const gaps = [];
    const first = () => gaps[gaps.push(pick(3) ? "" : " ") - 1];
    const before = written(nodes, first);
    const kept = gaps.values();
    const second = () => {
      const { value } = kept.next();
      return pick(4) ? value : [" ", ""][pick(2)];
    };
    const after = written(nodes, second);
    if (before === after || !showsTheSame(before, after)) continue;
    passed += 1;
    for (let way = 0; way < 12; way++) {
      const seed = pick(1e9);
      const [one, other] = [before, after].map((text) => new Showing(text, random(seed)).text());
      assert.equal(other, one, `${before}\n${after}`);
    }
  }
  assert.ok(passed > 300, `only ${passed} were let pass`);
});

test("a quote that is not closed costs no more for every tag before it", () => {
  for (const piece of ["{% x %}", "{{ x }}", "{ x }", "{", "{% x"]) {
    const text = `<a ${piece.repeat(300)}"`;
    assert.equal(held(text, { inline: "text" }).text, text);
    assert.ok(showsTheSame(text, text));
  }
});

test("what a template puts in a tag is of the tag", () => {
  const text = "<a {% if b > c %}{% for d in e %}f{% endfor %}{% endif %} {x} {{ g > h }}>";
  assert.equal(held(text, { inline: "text" }).text, text);
  assert.ok(showsTheSame(text, text.replace("<a ", "<a\n  ")));
});
