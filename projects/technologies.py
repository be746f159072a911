"""What a project is made of, by its files: names for people and for the assistant. Cheap: paths, and one small file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from projects import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.models import Project

# By how a file's name ends; the first that fits decides.
BY_NAME = {
    ".html": "HTML", ".htm": "HTML", ".css": "CSS", ".scss": "Sass", ".sass": "Sass", ".less": "Less",
    ".d.ts": "TypeScript", ".tsx": "TypeScript", ".ts": "TypeScript", ".jsx": "JavaScript", ".mjs": "JavaScript",
    ".js": "JavaScript", ".vue": "Vue", ".svelte": "Svelte", ".py": "Python", ".php": "PHP", ".rb": "Ruby",
    ".go": "Go", ".rs": "Rust", ".sql": "SQL", ".md": "Markdown",
}  # fmt: skip
# By a package that package.json names.
BY_PACKAGE = {
    "react": "React", "preact": "Preact", "vue": "Vue", "lit": "Lit", "svelte": "Svelte", "next": "Next.js",
    "astro": "Astro", "vite": "Vite", "tailwindcss": "Tailwind CSS", "express": "Express",
}  # fmt: skip
BY_PATH = {"manage.py": "Django"}
NOT_SAID = {"Markdown"}
PACKAGE_FILE = "package.json"
MOST_PACKAGE_BYTES = 200_000
MOST = 12


def detected(project: Project) -> list[str]:
    """Names, the most used first."""
    paths = list(project.files.values_list("path", flat=True))
    names = [*_packages(project, paths), *_by_paths(paths)]
    return [name for name in dict.fromkeys(names) if name not in NOT_SAID][:MOST]


def _by_paths(paths: Iterable[str]) -> list[str]:
    counts: dict[str, int] = {}
    for path in paths:
        name = path.rpartition("/")[2]
        found = next((told for end, told in BY_NAME.items() if name.endswith(end)), None)
        for told in (found, BY_PATH.get(name), "React" if name.endswith((".jsx", ".tsx")) else None):
            if told:
                counts[told] = counts.get(told, 0) + 1
        if name.endswith(".html") and "templates" in path.split("/")[:-1]:
            counts["Django"] = counts.get("Django", 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def _packages(project: Project, paths: Iterable[str]) -> list[str]:
    """What package.json asks for, where there is one that can be read."""
    if PACKAGE_FILE not in paths:
        return []
    blob = tree.find(project, PACKAGE_FILE)
    if blob is None or blob.size > MOST_PACKAGE_BYTES:
        return []
    try:
        asked: Any = json.loads(bytes(blob.data))
    except (ValueError, RecursionError):
        return []
    groups = [asked.get(key) for key in ("dependencies", "devDependencies")] if isinstance(asked, dict) else []
    packages = {name for group in groups if isinstance(group, dict) for name in group}
    return [told for name, told in BY_PACKAGE.items() if name in packages]
