"""Addresses of CDNs that ask for a package which we serve ourselves, by name and major version. Values in, values out.

The preview works without a network: `https://unpkg.com/react@18/umd/react.development.js` becomes our React 18, and
`https://esm.sh/vue@3` our Vue 3. What we do not have stays what it is; the policy blocks it, and the console says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

# Where a package's name begins in an address.
HOSTS = {
    "unpkg.com": "/", "www.unpkg.com": "/", "cdn.jsdelivr.net": "/npm/", "esm.run": "/", "esm.sh": "/",
    "cdn.skypack.dev": "/", "ga.jspm.io": "/npm:", "cdnjs.cloudflare.com": "/ajax/libs/",
}  # fmt: skip
ON_CDNJS = {"babel-standalone": "@babel/standalone"}
ADDRESS = re.compile(
    rb"https?://(?:(?:www\.)?unpkg\.com|cdn\.jsdelivr\.net|esm\.run|esm\.sh|cdn\.skypack\.dev|ga\.jspm\.io)/[^\s\"'`<>\\]{1,300}"
)
PACKAGE = re.compile(
    r"(?P<name>(?:@[a-z0-9._-]+/)?[a-z0-9._-]+)(?:@(?P<version>[^/]*))?(?:/(?P<path>.*))?", re.IGNORECASE
)
CDNJS = re.compile(r"(?P<name>[a-z0-9._-]+)/(?P<version>[0-9][^/]*)/(?P<path>.*)", re.IGNORECASE)
# The files of a package that set its global name; an address without one means them too.
GLOBALS = {
    "react": re.compile(r"(umd/react\.(development|production\.min|profiling\.min)\.js)?"),
    "react-dom": re.compile(r"(umd/react-dom\.(development|production\.min|profiling\.min)\.js)?"),
    "vue": re.compile(r"((dist/)?vue\.global(\.prod)?(\.min)?\.js)?"),
    "@babel/standalone": re.compile(r"(babel(\.min)?\.js)?"),
}
# A file of a package that is the whole of it as a module.
WHOLE = re.compile(
    r"\+esm|(es\d+/|esm/)?index(\.min|\.development)?\.m?js|dist/vue\.(runtime\.)?esm-browser(\.prod)?\.js"
    r"|dist/preact\.m(odule|in\.m)?\.?js"
)


class Asked(NamedTuple):
    """`major` is `None` where the newest is meant; `path` the file in the package."""

    name: str
    major: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where ours are: `react@18` → the script that sets `React`, `react@18/jsx-runtime` → the module."""

    globals: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)

    def script(self, address: str) -> str | None:
        """For `<script src>`."""
        asked = package_of(address)
        known = GLOBALS.get(asked.name) if asked else None
        if asked is None or known is None or known.fullmatch(asked.path) is None:
            return None
        return _newest(self.globals, asked.name, asked.major, "")

    def module(self, address: str) -> str | None:
        """For `import`."""
        asked = package_of(address)
        if asked is None:
            return None
        path = "" if WHOLE.fullmatch(asked.path) else asked.path.removesuffix("/+esm")
        return _newest(self.modules, asked.name, asked.major, path)

    def below(self, address: str) -> dict[str, str]:
        """For a name in an import map that ends with `/`: each part that we have → its file."""
        asked = package_of(address.rstrip("/"))
        if asked is None or asked.path:
            return {}
        major = asked.major or _newest_major(self.modules, asked.name)
        start = f"{asked.name}@{major}/"
        return {key[len(start) :]: file for key, file in self.modules.items() if key.startswith(start)}


def package_of(address: str) -> Asked | None:
    """What an address of a CDN asks for; `None` for any other address."""
    try:
        found = urlsplit(address)
    except ValueError:
        return None
    start = HOSTS.get(found.hostname or "")
    if start is None or found.scheme not in ("http", "https") or not found.path.startswith(start):
        return None
    given = found.path[len(start) :]
    matched = (CDNJS if start == HOSTS["cdnjs.cloudflare.com"] else PACKAGE).fullmatch(given)
    if matched is None:
        return None
    name = ON_CDNJS.get(matched["name"], matched["name"])
    return Asked(name, _major(matched["version"]), (matched["path"] or "").strip("/"))


def _major(version: str | None) -> int | None:
    """`18`, `^18.2`, `v18.2.0` → 18; `latest` and the like are the newest."""
    found = re.match(r"[~^>=v]*(\d{1,4})", version or "")
    return int(found[1]) if found else None


def _newest(files: Mapping[str, str], name: str, major: int | None, path: str) -> str | None:
    wanted = _newest_major(files, name) if major is None else major
    return files.get(f"{name}@{wanted}/{path}" if path else f"{name}@{wanted}")


def _newest_major(files: Mapping[str, str], name: str) -> int | None:
    majors = (key.rpartition("@")[2] for key in files if key.rpartition("@")[0] == name)
    return max((int(major) for major in majors if major.isdigit()), default=None)
