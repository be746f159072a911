"""Translations: compiles every catalog (`bin/_messages.py`), or says what is missing or stale (`--check`).

French is in the code; English is in `locale/en`. Compiled catalogs are committed, so that nobody needs gettext.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

MADE = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2), "pgettext_lazy": ((1, "c"), 2)}
LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
TEMPLATE_CALL = re.compile(rf"\b(?P<name>n?p?gettext|_)\((?P<words>{LITERAL}(?:, ?{LITERAL})*)")
# What is no text of the studio's own: bundles, and the files of people's projects.
NOT_OURS = {"static", "demo_site", "starters"}
# Each catalog holds the texts of its own folders: `chat` takes its catalog along when another site installs it.
CATALOGS = {
    "chat/locale/en/LC_MESSAGES/django.po": ("chat",),
    "locale/en/LC_MESSAGES/django.po": ("projects", "webox", "templates"),
}


# The language of the code needs a catalog, too, where it goes to other sites: without one Django gives a French reader
# the texts of the site's own language, which may be English.
FRENCH = {"chat/locale/en/LC_MESSAGES/django.po": "chat/locale/fr/LC_MESSAGES/django.mo"}


def compiled(catalog: Catalog) -> bytes:
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def used_texts(folders: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every translatable text of the sources, with the file it stands in."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.suffix not in (".py", ".html", ".txt")
                or "static" in path.parts
                or {"demo_site", "starters"} & {*path.parts}
            ):
                continue
            for text in _texts(path):
                yield text, str(path.relative_to(ROOT))


def _texts(path: Path) -> Iterator[str]:
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        yield from _template_texts(templatize(source))
        return
    for _, message, _, _ in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield message[0] if isinstance(message, tuple) else message


def _template_texts(source: str) -> Iterator[str]:
    """`templatize` turns tags into gettext calls amid noise, which only xgettext would read as a program."""
    for call in TEMPLATE_CALL.finditer(source):
        words = re.findall(LITERAL, call["words"])
        yield ast.literal_eval(words[1 if "pgettext" in call["name"] else 0])


def problems(path: Path, folders: tuple[str, ...]) -> Iterator[str]:
    used = dict(used_texts(folders))
    if not path.is_file():
        if used:
            yield f"{path.relative_to(ROOT)}: missing, {len(used)} texts to translate"
        return
    catalog = _read(path)
    translated = {_id(message.id) for message in catalog if message.id and message.string and not message.fuzzy}
    for text, where in used.items():
        if text and text not in translated:
            yield f"{where}: not translated: {text!r}"
    for text in sorted(translated - used.keys()):
        yield f"{path.relative_to(ROOT)}: not used any more: {text!r}"
    if _stale(path):
        yield f"{path.relative_to(ROOT)}: the compiled catalog is stale: run bin/messages"


def french(catalog: Catalog) -> Catalog:
    """Every text of a catalog as itself."""
    made = Catalog(locale="fr", creation_date=MADE, revision_date=MADE)
    for message in catalog:
        if message.id:
            made.add(message.id, message.id, context=message.context)
    return made


def _targets(name: str) -> Iterator[tuple[Path, bytes]]:
    """What is made of a catalog, and what is in it."""
    catalog = _read(ROOT / name)
    yield (ROOT / name).with_suffix(".mo"), compiled(catalog)
    if name in FRENCH:
        yield ROOT / FRENCH[name], compiled(french(catalog))


def _stale(path: Path) -> bool:
    made = _targets(str(path.relative_to(ROOT)))
    return any(not target.is_file() or target.read_bytes() != data for target, data in made)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        catalog = read_po(file, locale="en")
    # Without a date of its own a catalog gets today's, and would be stale tomorrow.
    catalog.creation_date = catalog.revision_date = MADE
    return catalog


def _id(identifier: str | list[str] | tuple[str, ...]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def main() -> int:
    settings.configure(USE_I18N=True)
    django.setup()
    if "--check" in sys.argv[1:]:
        found = [line for name, folders in CATALOGS.items() for line in problems(ROOT / name, folders)]
        print("\n".join(found))
        return 1 if found else 0
    for name in CATALOGS:
        if (ROOT / name).is_file():
            for target, data in _targets(name):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            print(f"compiled {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
