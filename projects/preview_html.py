"""A project's page made ready for its signed address. Values in, values out; hostile bytes stay data.

Addresses that begin with `/` mean the project's root: they get the signed prefix. The page gets our script first and an
import map, on the line that is there already, so that line numbers stay those of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from projects.preview_cdn import ADDRESS as CDN_ADDRESS
from projects.preview_cdn import Shelf

# What may stand before anything of ours: nothing inside a comment is taken for a tag.
START = re.compile(rb"(?:\s++|<!--.*?-->|<![a-z][^>]*>|<html\b[^>]*>|<head\b[^>]*>)*+", re.IGNORECASE | re.DOTALL)
TAG = re.compile(rb"<(?P<name>[a-z][a-z0-9-]*+)(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>", re.IGNORECASE)
OPENING = re.compile(rb"<(?:!--|[a-z])", re.IGNORECASE)
RAW = frozenset({b"script", b"style", b"textarea", b"title", b"xmp", b"noscript"})
ADDRESS = re.compile(
    rb"(?P<name>\s(?:src|href|poster|data|action|formaction|xlink:href|background)\s*=\s*[\"']?)/(?!/)", re.IGNORECASE
)
SRCSET = re.compile(rb"(?P<name>\s(?:srcset|imagesrcset)\s*=\s*)(?P<value>\"[^\"]*\"|'[^']*')", re.IGNORECASE)
SRCSET_ADDRESS = re.compile(rb"(?P<before>^[\"']\s*|,\s*)/(?!/)")
STYLE = re.compile(rb"(?P<name>\sstyle\s*=\s*)(?P<value>\"[^\"]*\"|'[^']*')", re.IGNORECASE)
CSS_ADDRESS = re.compile(rb"(?P<before>url\(\s*[\"']?|@import\s+[\"'])/(?!/)", re.IGNORECASE)
OWN_BASE = re.compile(rb"<base\b", re.IGNORECASE)
HAS_SRC = re.compile(rb"\ssrc\s*=", re.IGNORECASE)
SRC = re.compile(rb"(?P<name>\ssrc\s*=\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
INTEGRITY = re.compile(rb"\sintegrity\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
HAS_CORS = re.compile(rb"\scrossorigin\b", re.IGNORECASE)
IMPORT_MAP = re.compile(rb"\btype\s*=\s*[\"']?importmap\b", re.IGNORECASE)


NOTHING = Shelf()


def page(data: bytes, *, root: str, head: str, imports: Mapping[str, str], shelf: Shelf = NOTHING) -> bytes:
    """A page with `head` (our script) first, the import map, and its own absolute addresses below `root`.

    What it asks a CDN for and is on the `shelf` (addresses of ours) comes from there.
    """
    imports = {**imports, **_from_cdn(data, shelf)}
    made = _Page(root.encode(), imports, shelf)
    body = b"".join(made.parts(data))
    start = START.match(body)
    at = start.end() if start else 0
    own = b"" if made.has_map else _import_map(imports)
    return body[:at] + head.encode() + own + body[at:]


def _import_map(imports: Mapping[str, str]) -> bytes:
    return f'<script type="importmap">{_script_json({"imports": dict(imports)})}</script>'.encode()


def _from_cdn(data: bytes, shelf: Shelf) -> dict[str, str]:
    """The addresses anywhere in a page that are modules of ours: its scripts import them."""
    found = {match[0].decode("latin-1") for match in CDN_ADDRESS.finditer(data)} if shelf.modules else set()
    return {address: ours for address in sorted(found) if (ours := shelf.module(address))}


def style_sheet(data: bytes, root: str) -> bytes:
    """A style sheet with its absolute addresses below `root`."""
    return CSS_ADDRESS.sub(lambda found: found["before"] + root.encode(), data)


class _Page:
    """The walk over one page's tags."""

    def __init__(self, root: bytes, imports: Mapping[str, str], shelf: Shelf) -> None:
        self.root = root
        self.imports = imports
        self.shelf = shelf
        self.has_map = False

    def parts(self, data: bytes) -> Iterator[bytes]:
        """The page in pieces, in one pass: what never closes runs to the end, as it does in a browser."""
        at = 0
        while (found := OPENING.search(data, at)) is not None:
            yield data[at : found.start()]
            at, piece = self._piece(data, found.start())
            yield piece
        yield data[at:]

    def _piece(self, data: bytes, at: int) -> tuple[int, bytes]:
        """A comment, or a tag with the text that belongs to it; where it ends."""
        if data.startswith(b"<!--", at):
            end = data.find(b"-->", at + 2)
            return (len(data), data[at:]) if end < 0 else (end + 3, data[at : end + 3])
        tag = TAG.match(data, at)
        if tag is None:
            return len(data), data[at:]
        name = tag["name"].lower()
        if name not in RAW:
            return tag.end(), self._tag(tag[0])
        closing = re.compile(rb"</" + name + rb"\b", re.IGNORECASE).search(data, tag.end())
        end = closing.start() if closing else len(data)
        opening = self._tag(tag[0])
        if name == b"script":
            opening = _script_tag(opening, self.shelf)
        return end, opening + self._raw(name, tag[0], data[tag.end() : end])

    def _tag(self, tag: bytes) -> bytes:
        tag = ADDRESS.sub(lambda found: found["name"] + self.root, tag)
        tag = SRCSET.sub(lambda found: found["name"] + self._srcset(found["value"]), tag)
        return STYLE.sub(lambda found: found["name"] + self._css(found["value"]), tag)

    def _raw(self, name: bytes, tag: bytes, text: bytes) -> bytes:
        if name == b"style":
            return self._css(text)
        if name == b"script" and IMPORT_MAP.search(tag):
            self.has_map = True
            return _merged_map(text, self.root.decode(), self.imports, self.shelf)
        return text

    def _srcset(self, value: bytes) -> bytes:
        return SRCSET_ADDRESS.sub(lambda found: found["before"] + self.root, value)

    def _css(self, text: bytes) -> bytes:
        return style_sheet(text, self.root.decode())


def _script_tag(tag: bytes, shelf: Shelf) -> bytes:
    """A script's errors are kept from a page of another origin, and this page has none of its own, unless by CORS."""
    source = SRC.search(tag)
    ours = shelf.script(source["value"].strip(b"\"'").strip().decode("latin-1")) if source else None
    if source and ours:
        there = tag[: source.start("value")] + f'"{ours}"'.encode() + tag[source.end("value") :]
        tag = INTEGRITY.sub(b"", there)  # of the file that was asked for
    if HAS_SRC.search(tag) is None or HAS_CORS.search(tag):
        return tag
    return tag[: len("<script")] + b" crossorigin" + tag[len("<script") :]


def _merged_map(text: bytes, root: str, imports: Mapping[str, str], shelf: Shelf) -> bytes:
    """The page's own import map over ours. A broken one stays, for the browser to tell."""
    try:
        own: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(own, dict) or not isinstance(own.get("imports", {}), dict):
        return text
    rooted: dict[str, Any] = {}
    for name, address in own.get("imports", {}).items():
        rooted |= _mapped(name, address, root, shelf)
    return _script_json({**own, "imports": {**imports, **rooted}}).encode()


def _mapped(name: str, address: Any, root: str, shelf: Shelf) -> dict[str, Any]:
    """One name of a page's import map, or each part of it that we have for a name that ends with `/`."""
    if not isinstance(address, str):
        return {name: address}
    if name.endswith("/"):
        return {name: _rooted(address, root)} | {name + part: ours for part, ours in shelf.below(address).items()}
    return {name: shelf.module(address) or _rooted(address, root)}


def _rooted(address: Any, root: str) -> Any:
    if isinstance(address, str) and address.startswith("/") and not address.startswith("//"):
        return root + address[1:]
    return address


def _script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")
