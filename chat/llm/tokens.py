"""Counts tokens with OpenAI's own vocabularies: exact for its models, an estimate for all others.

The tables take 40 to 70 MiB once loaded, so nothing is loaded before the first count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Protocol

from .base import Usage
from .cleaning import clean
from .resident import give_back

NEWER = ("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "chatgpt", "o1", "o3", "o4")
#: What the form around each message and around the whole costs.
PER_MESSAGE, PER_REQUEST = 4, 3


class Counter(Protocol):
    """One vocabulary."""

    def count(self, text: str) -> int:
        """The number of tokens in a text."""
        ...


def encoding_name(model: str) -> str:
    """The vocabulary of a model; unknown models are counted by that of gpt-4-turbo, the smaller one."""
    return "o200k_base" if model.rpartition("/")[2].lower().startswith(NEWER) else "cl100k_base"


def count_tokens(text: str, model: str = "") -> int:
    """The tokens of a text."""
    return _counter(encoding_name(model)).count(clean(text)) if text else 0


@lru_cache(maxsize=64)
def count_again(text: str, model: str = "") -> int:
    """The tokens of a text that comes with every request: instructions, a project's map."""
    return count_tokens(text, model)


class ToolCounts:
    """Tokens of tool definitions, which are the same objects in every request."""

    LIMIT = 64

    def __init__(self) -> None:
        # with the tools themselves: as long as they are held, no other object has their ids
        self._known: dict[tuple[str, tuple[int, ...]], tuple[Sequence[Any], int]] = {}

    def of(self, tools: Sequence[Mapping[str, Any]], model: str) -> int:
        """Tokens of these definitions."""
        key = model, tuple(map(id, tools))
        if key not in self._known:
            if len(self._known) >= self.LIMIT:
                self._known.clear()
            self._known[key] = tools, count_tokens(json.dumps(list(tools), ensure_ascii=False), model)
        return self._known[key][1]


tool_counts = ToolCounts()


def count_messages(messages: Iterable[Mapping[str, Any]], model: str = "") -> int:
    """The tokens of a prompt, with the form around its messages."""
    return PER_REQUEST + sum(PER_MESSAGE + count_tokens(text_of(message), model) for message in messages)


def estimate_usage(messages: Sequence[Mapping[str, Any]], text: str, model: str = "") -> Usage:
    """Usage by our own count, for servers that tell none."""
    return Usage(
        prompt_tokens=count_messages(messages, model), completion_tokens=count_tokens(text, model), estimated=True
    )


def text_of(message: Mapping[str, Any]) -> str:
    """All text of a message in the wire form: content, text parts, tool calls."""
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    calls = message.get("tool_calls")
    return f"{content or ''}{json.dumps(calls, ensure_ascii=False) if calls else ''}"


@cache
def _counter(name: str) -> Counter:
    bindings = _bindings()
    counter: Counter = bindings.tokenizer_for_encoding(name)
    # the tables are made from data in the library's file, which nobody reads again
    give_back(bindings.__file__)
    return counter


@cache
def _bindings() -> Any:
    """The compiled part of `bpe-openai` alone: its Python part loads 70 MiB of tables that counting never uses."""
    package = find_spec("bpe_openai")
    for folder in (package.submodule_search_locations or ()) if package is not None else ():
        for suffix in EXTENSION_SUFFIXES:
            path = Path(folder, f"_bindings{suffix}")
            spec = spec_from_file_location("bpe_openai._bindings", path) if path.is_file() else None
            if spec is not None and spec.loader is not None:
                module = module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
    from bpe_openai import _bindings as bindings

    return bindings
