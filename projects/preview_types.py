"""What a file is to a browser, by its name: the same on every machine, whatever its system's tables say."""

from __future__ import annotations

from pathlib import PurePosixPath

HTML, CSS, JAVASCRIPT, TEXT = "text/html", "text/css", "text/javascript", "text/plain"
TYPES = {
    "html": HTML, "htm": HTML, "xhtml": "application/xhtml+xml", "css": CSS, "js": JAVASCRIPT, "mjs": JAVASCRIPT,
    "json": "application/json", "map": "application/json", "webmanifest": "application/manifest+json",
    "xml": "application/xml", "rss": "application/rss+xml", "atom": "application/atom+xml", "vtt": "text/vtt",
    "csv": "text/csv", "wasm": "application/wasm", "pdf": "application/pdf", "zip": "application/zip",
    "svg": "image/svg+xml", "png": "image/png", "apng": "image/apng", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "gif": "image/gif", "webp": "image/webp", "avif": "image/avif", "ico": "image/x-icon", "bmp": "image/bmp",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "wav": "audio/wav", "flac": "audio/flac", "aac": "audio/aac", "weba": "audio/webm",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg", "mov": "video/quicktime",
    "glb": "model/gltf-binary", "gltf": "model/gltf+json",
}  # fmt: skip
# A browser cannot run these: the studio compiles them first.
COMPILED = frozenset({"jsx", "tsx", "ts", "mts", "cts", "vue"})
STYLES = frozenset({"scss", "sass"})


def extension(path: str) -> str:
    return PurePosixPath(path).suffix[1:].lower()


def media_type(path: str, encoding: str) -> str:
    """The type with its character set; what nobody knows is plain text, or bytes to save."""
    kind = TYPES.get(extension(path)) or (TEXT if encoding else "application/octet-stream")
    # XML says its own encoding; JSON has but one.
    if not kind.startswith("text/") or not encoding:
        return kind
    return f"{kind}; charset={encoding.removesuffix('-sig')}"
