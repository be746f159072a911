"""Counting tokens where a server tells no usage."""

from __future__ import annotations

import time

import pytest

from chat.llm.base import Usage
from chat.llm.tokens import count_messages, count_tokens, encoding_name, estimate_usage


@pytest.mark.parametrize(
    ("text", "model", "tokens"),
    [
        ("", "gpt-4-turbo", 0),
        ("hello world", "gpt-4-turbo", 2),
        ("hello world", "gpt-4o", 2),
        ("Bonjour, où est la gare ?", "gpt-4-turbo", 8),
        ("<|endoftext|>", "gpt-4-turbo", 7),
        ("\ud83d", "gpt-4-turbo", 1),
    ],
)
def test_counts(text: str, model: str, tokens: int) -> None:
    assert count_tokens(text, model) == tokens


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4o-mini", "o200k_base"),
        ("openai/gpt-4.1", "o200k_base"),
        ("o3-mini", "o200k_base"),
        ("llama3", "cl100k_base"),
        ("", "cl100k_base"),
    ],
)
def test_vocabularies(model: str, name: str) -> None:
    assert encoding_name(model) == name


def test_an_estimate_says_that_it_is_one() -> None:
    messages = [{"role": "user", "content": "hello world"}]
    assert estimate_usage(messages, "hello", "gpt-4-turbo") == Usage(9, 1, estimated=True)


def test_odd_messages() -> None:
    parts = {"role": "user", "content": [{"type": "text", "text": "hello world"}, {"type": "image_url"}]}
    calls = {"role": "assistant", "content": None, "tool_calls": [{"id": "x", "function": {"name": "f"}}]}
    assert count_messages([parts]) >= 9
    assert count_messages([calls]) > 9


def test_a_megabyte_takes_no_second() -> None:
    text = "def view(request):\n    return render(request)\n" * 22_000
    count_tokens("warm")
    start = time.process_time()
    assert count_tokens(text) > 100_000
    assert time.process_time() - start < 1.5
    start = time.process_time()
    assert count_tokens("a" * 1_000_000) > 1000
    assert time.process_time() - start < 3
