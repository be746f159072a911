"""What an answer cost, in US dollars, by the price list of `genai-prices`.

An unknown price is `None`, never 0; a model on this machine is free.  The list comes with the package: nothing is
fetched.  It takes some 30 MiB and a tenth of a second to load, so it is loaded for the first answer that has a
price, and then by a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from .base import Usage

if TYPE_CHECKING:
    from genai_prices import types
    from genai_prices.data_snapshot import DataSnapshot

FREE = Decimal(0)
MAX_FOUND = 2000
LIST_PROVIDER = "openai"


def cost(usage: Usage | None, model: str, base_url: str = "", *, is_local: bool = False) -> Decimal | None:
    """The price of an answer; `None` where the price or the number of tokens is unknown.

    A model at an address that the list doesn't know has a price only by OpenAI's own names: such addresses are
    mostly gateways.
    """
    if is_local:
        return FREE
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None or not model:
        return None
    from genai_prices import types

    used = types.Usage(
        input_tokens=usage.prompt_tokens,
        cache_read_tokens=usage.cached_tokens or 0,
        output_tokens=usage.completion_tokens,
    )
    listed = _listed(model, base_url)
    try:
        if listed is None:
            return None
        provider, priced = listed
        return priced.calc_price(used, provider, genai_request_timestamp=datetime.now(tz=UTC)).total_price
    except (LookupError, ValueError):
        return None


async def cost_of(usage: Usage | None, model: str, base_url: str = "", *, is_local: bool = False) -> Decimal | None:
    """The same without holding up the loop while the list is loaded or searched: a model is looked up once."""
    if is_local or (model, base_url) in _found:
        return cost(usage, model, base_url, is_local=is_local)
    return await asyncio.to_thread(cost, usage, model, base_url, is_local=is_local)


_found: dict[tuple[str, str], tuple[types.Provider, types.ModelInfo] | None] = {}


def _listed(model: str, base_url: str) -> tuple[types.Provider, types.ModelInfo] | None:
    """Where a model stands on the list.  Servers name what they like: a flood of names is forgotten."""
    key = (model, base_url)
    if key not in _found:
        if len(_found) >= MAX_FOUND:
            _found.clear()
        _found[key] = _search(model, base_url)
    return _found[key]


def _search(model: str, base_url: str) -> tuple[types.Provider, types.ModelInfo] | None:
    """A provider that is on the list has a price for its own models only."""
    from genai_prices.data_snapshot import get_snapshot

    snapshot = get_snapshot()
    if base_url:
        with contextlib.suppress(LookupError):
            snapshot.find_provider("", None, base_url)
            return _model_of(snapshot, model, None, base_url)
    return _model_of(snapshot, model, LIST_PROVIDER, None)


def _model_of(
    snapshot: DataSnapshot, model: str, provider: str | None, base_url: str | None
) -> tuple[types.Provider, types.ModelInfo] | None:
    try:
        return snapshot.find_provider_model(model, None, provider, base_url)
    except (LookupError, ValueError):
        return None
