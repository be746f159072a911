"""Prices: right where known, unknown where not, and never from the network."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chat.llm.base import Usage
from chat.llm.pricing import cost, cost_of

K = Usage(1000, 1000)
OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("usage", "model", "address", "price"),
    [
        (K, "gpt-4-turbo", OPENAI, "0.04"),
        (Usage(1000, 0), "gpt-4-turbo", OPENAI, "0.01"),
        (Usage(1, 1000), "gpt-4-turbo", OPENAI, "0.03001"),
        (K, "gpt-4-turbo", "", "0.04"),
        (K, "gpt-4-turbo-2024-04-09", OPENAI, "0.04"),
        (K, "gpt-4-turbo", "http://127.0.0.1:9000/v1", "0.04"),
        (K, "gpt-4o", OPENAI, "0.0125"),
        (Usage(1000, 1000, cached_tokens=600), "gpt-4o", OPENAI, "0.01175"),
        (K, "gpt-9-nonsense", OPENAI, None),
        (K, "gpt-4-turbo", "https://api.deepseek.com/v1", None),
        (K, "llama3:8b", "http://localhost:11434/v1", None),
        (K, "", OPENAI, None),
        (None, "gpt-4-turbo", OPENAI, None),
        (Usage(None, 5), "gpt-4-turbo", OPENAI, None),
        (Usage(5, None), "gpt-4-turbo", OPENAI, None),
        (Usage(), "gpt-4-turbo", OPENAI, None),
        (K, "x" * 10_000, "not an address", None),
    ],
)
async def test_prices(usage: Usage | None, model: str, address: str, price: str | None) -> None:
    expected = None if price is None else Decimal(price)
    assert cost(usage, model, address) == expected
    assert await cost_of(usage, model, address) == expected


async def test_a_local_model_is_free() -> None:
    assert cost(None, "SmolLM2-135M-Instruct", is_local=True) == 0
    assert await cost_of(K, "gpt-4-turbo", is_local=True) == 0
