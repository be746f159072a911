"""Reads a server's list of models, whatever its shape, and no more of it than a picker can show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .base import ModelInfo
from .cleaning import clean
from .errors import Broken
from .failures import error_from_event, is_error, not_an_answer
from .wire import MAX_DEPTH_ERRORS, decode_loosely

MAX_MODELS = 2000
MAX_LIST_BYTES = 8 * 1024 * 1024
MAX_NAME = 200
#: The surest first: what a model is loaded with is less than what it could take, or was trained for.
_WINDOWS = (
    "loaded_context_length",
    "n_ctx",
    "max_model_len",
    "context_window",
    "context_length",
    "max_context_length",
    "n_ctx_train",
)
_LARGEST_WINDOW = 100_000_000


def model_infos(body: bytes) -> tuple[ModelInfo, ...]:
    """The models in an answer to `GET /models`.  Raises `ModelError` where it is no list of models."""
    if len(body) > MAX_LIST_BYTES:
        raise Broken("bad_response", "The list of models is too long")
    try:
        value = decode_loosely(body)
    except MAX_DEPTH_ERRORS:
        raise not_an_answer(body) from None
    if isinstance(value, dict) and is_error(value):
        raise error_from_event(value)
    rows = _rows(value)
    if rows is None:
        raise not_an_answer(body)
    return tuple(_unique(rows))


def _rows(value: Any) -> list[Any] | None:
    """The list itself: bare, under `data`, or under `models`."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("data", "models") if isinstance(value.get(name), list)), None)
    return value if isinstance(value, list) else None


def _unique(rows: list[Any]) -> Iterable[ModelInfo]:
    seen: set[str] = set()
    for row in rows:
        info = _info({"id": row} if isinstance(row, str) else row)
        if info is not None and info.id not in seen:
            seen.add(info.id)
            yield info
            if len(seen) == MAX_MODELS:
                return


def _info(row: Any) -> ModelInfo | None:
    if not isinstance(row, dict):
        return None
    name = row.get("id") or row.get("model") or row.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > MAX_NAME or clean(name) != name:
        return None
    label = row.get("display_name") or row.get("name")
    return ModelInfo(name, clean(label)[:MAX_NAME] if isinstance(label, str) else "", _window(row))


def _window(row: dict[str, Any]) -> int | None:
    meta = row.get("meta")
    for name in _WINDOWS:
        for source in (row, meta if isinstance(meta, dict) else {}):
            size = source.get(name)
            if isinstance(size, int) and not isinstance(size, bool) and 0 < size <= _LARGEST_WINDOW:
                return size
    return None
