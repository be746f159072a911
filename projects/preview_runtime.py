"""What we serve ourselves to a page in the preview: our script, and the packages it may import, built at build time.

`esbuild.config.mjs` puts them into `static/dist/runtime/` with a manifest: the import map's names → file names.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from projects.preview_cdn import Shelf
from projects.preview_types import media_type

FOLDER = "dist/runtime"
MANIFEST = "manifest.json"
# What the build writes: a hash in the name, no folder.
NAME = re.compile(r"[A-Za-z0-9_.@-]{1,120}-[A-Z0-9]{8}\.(?:js|map)|[A-Za-z0-9_.@-]{1,120}-[A-Z0-9]{8}\.js\.map")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`shim` is the file name of our script; `imports` the packages' names → file names; `shelf` what CDNs have."""

    shim: str
    imports: dict[str, str]
    shelf: Shelf = field(default_factory=Shelf)

    def names(self) -> list[str]:
        """Every file: what is made from them changes with them."""
        return [self.shim, *self.imports.values(), *self.shelf.globals.values(), *self.shelf.modules.values()]


@dataclass(frozen=True, slots=True)
class RuntimeFile:
    data: bytes
    packed: bytes
    media_type: str


def manifest() -> Manifest:
    """What was built; without a build pages are shown as they are."""
    path = _find(MANIFEST)
    return Manifest("", {}) if path is None else _read_manifest(path, path.stat().st_mtime_ns)


def runtime_file(name: str) -> RuntimeFile | None:
    """A file of the runtime; names with a hash only, so that each is right for ever."""
    path = _find(name) if NAME.fullmatch(name) else None
    return None if path is None else _read(path, path.stat().st_mtime_ns)


def _find(name: str) -> Path | None:
    collected = Path(settings.STATIC_ROOT) / FOLDER / name
    if not settings.DEBUG and collected.is_file():
        return collected
    found = finders.find(f"{FOLDER}/{name}")
    return Path(found) if isinstance(found, str) else None


@lru_cache(maxsize=4)
def _read_manifest(path: Path, _changed: int) -> Manifest:
    found = json.loads(path.read_text("utf-8"))
    shelf = Shelf(globals=dict(found.get("globals", {})), modules=dict(found.get("modules", {})))
    return Manifest(shim=str(found["shim"]), imports=dict(found["imports"]), shelf=shelf)


@lru_cache(maxsize=200)
def _read(path: Path, _changed: int) -> RuntimeFile:
    data = path.read_bytes()
    return RuntimeFile(data, gzip.compress(data, 6, mtime=0), media_type(path.name, "utf-8"))
