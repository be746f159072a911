"""Formatting a Django template never changes what it renders, but for white space that no browser shows."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Context, Engine

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests/js/format_templates.mjs"
STARTER = ROOT / "projects/starters/django-page/templates"
LIBRARIES = {"static": "django.templatetags.static", "i18n": "django.templatetags.i18n"}
EVENTS = [{"title": "a b", "when": "c", "free": True}, {"title": "<d>", "when": "", "free": False}]
CONTEXTS = [{"events": EVENTS, "a": True, "b": "x"}, {"events": [], "a": False, "b": ""}]
#: No white space is seen beside these.
BLOCKS = {
    "html", "head", "meta", "title", "link", "body", "header", "main", "h1", "ul", "li", "p", "div", "script", "table",
    "tr", "td", "form", "br", "option", "select",
}  # fmt: skip
#: Templates with what people write; each is either formatted so that it shows the same, or refused.
MORE = {
    "inline.html": "<p>a{% if a %}<b>{{ b }}</b>{% endif %}c {% if a %} d{% endif %}</p>",
    "classes.html": '<p class="x{% if a %} y{% endif %}" {% if a %}hidden{% endif %}>z</p>',
    "loop.html": "<ul>{% for e in events %}<li>{{e.title}}, <i>{{ e.when|default:'a  b' }}</i></li>"
    "{% empty %}<li>-</li>{% endfor %}</ul>",
    "words.html": "{% load i18n %}<p>"
    "{% blocktranslate with c=b %}A text that is looked up by its very letters, {{ c }}, whatever its length."
    "{% endblocktranslate %}</p>",
    "pre.html": "<pre>\n a {{ b }}\n  c</pre><p>{% comment %}<p>{% endcomment %}d</p>",
    "options.html": "<form><select><option {% if a %}selected{% endif %}>{{ b }}</option></select></form>",
    "script.html": "<div><script>const a = {% if a %}1{% else %}2{% endif %}</script></div>",
    "cut.html": "<p>a{% if a %}<b>{% endif %}",
    "edges.html": "<p>{% for e in events %}\n<b>{{ e.title }}</b>{% endfor %}{% if a %}\nx{% endif %}</p>",
    "verbatim.html": "<div>{% verbatim %}{{a}} {%b%}{% endverbatim %}</div>",
}


class _Shown(HTMLParser):
    """What a browser shows: elements, attributes, words, and spaces where they are seen."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.exact = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = sorted((name, " ".join((value or "").split())) for name, value in attrs)
        self.parts.append(f"<{tag} {named}>")
        self.exact += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        self.exact -= tag == "pre"

    def handle_data(self, data: str) -> None:
        code = bool(self.parts) and self.parts[-1].startswith("<script")
        self.parts.append(re.sub(r"[\s;]", "", data) if code else data if self.exact else re.sub(r"\s+", " ", data))


def shown(html: str) -> list[str]:
    """The parts of a page, without the spaces that stand beside a block."""
    reader = _Shown()
    reader.feed(html)
    reader.close()
    text = "\0".join(reader.parts)
    edge = "|".join(BLOCKS)
    text = re.sub(rf"(</?(?:{edge}) [^\0]*>|</(?:{edge})>)\0 ", "\\1\0", text)
    text = re.sub(rf" (?=\0</?(?:{edge})[ >])", "", text)
    return [part for part in text.strip("\0 ").split("\0") if part]


def rendered(sources: dict[str, str], name: str, context: dict[str, object]) -> list[str]:
    """A template as it is shown, among its fellows."""
    loaders = [("django.template.loaders.locmem.Loader", {**sources})]
    engine = Engine(loaders=loaders, libraries=LIBRARIES)
    return shown(engine.get_template(name).render(Context(context)))


def formatted(sources: dict[str, str]) -> dict[str, str | None]:
    """As the editor would format them; `None` where it refuses to."""
    asked = json.dumps(list(sources.values()))
    made = subprocess.run(["node", str(SCRIPT)], input=asked, capture_output=True, text=True, check=True, cwd=ROOT)
    return dict(zip(sources, json.loads(made.stdout), strict=True))


@pytest.fixture(scope="module")
def starter() -> tuple[dict[str, str], dict[str, str | None]]:
    """The starter's templates before and after; addresses are plain text here."""
    texts = {str(path.relative_to(STARTER)): path.read_text() for path in sorted(STARTER.rglob("*.html"))}
    return texts, formatted(texts)


def _without_addresses(text: str) -> str:
    return re.sub(r"\{% (?:url|static) '([^']*)' %\}", r"/\1", text)


def test_a_new_project_s_templates_are_formatted_and_render_the_same(
    starter: tuple[dict[str, str], dict[str, str | None]],
) -> None:
    before, after = starter
    assert len(before) >= 2
    kept = {name: text for name, text in after.items() if text is not None}
    assert kept.keys() == before.keys()
    assert kept["pages/home.html"] != before["pages/home.html"]
    old = {name: _without_addresses(text) for name, text in before.items()}
    new = {name: _without_addresses(text) for name, text in kept.items()}
    for name in before:
        for context in CONTEXTS:
            assert rendered(new, name, context) == rendered(old, name, context)


def test_what_cannot_be_formatted_safely_is_left_alone() -> None:
    after = formatted(MORE)
    assert any(after.values())
    assert after["cut.html"] is None
    assert after["edges.html"] is None
    for name in ("words.html", "classes.html", "inline.html"):
        assert after[name] is not None, name
    for name, text in after.items():
        for context in CONTEXTS if text is not None else ():
            assert rendered({name: str(text)}, name, context) == rendered(MORE, name, context), text
