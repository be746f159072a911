"""What an answer cost, in US dollars, by the price list of `genai-prices`.

An unknown price is `None`, never 0; a model on this machine is free.  The list comes with the package: nothing is
fetched.  It takes some 30 MiB and a tenth of a second to load, so it is loaded for the first answer that has a
price, and then by a thread.
"""
from __future__ import annotations

import asyncio
import sys
from decimal import Decimal

from .base import Usage

FREE = Decimal(0)
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
    from genai_prices import calc_price, types

    used = types.Usage(input_tokens=usage.prompt_tokens, cache_read_tokens=usage.cached_tokens or 0,
                       output_tokens=usage.completion_tokens)
    try:
        if _known(base_url):
            return calc_price(used, model, provider_api_url=base_url).total_price
        return calc_price(used, model, provider_id=LIST_PROVIDER).total_price
    except (LookupError, ValueError):
        return None


async def cost_of(usage: Usage | None, model: str, base_url: str = "", *, is_local: bool = False) -> Decimal | None:
    """The same without holding up the loop while the list is loaded."""
    if "genai_prices.data" in sys.modules or is_local:
        return cost(usage, model, base_url, is_local=is_local)
    return await asyncio.to_thread(cost, usage, model, base_url, is_local=is_local)


def _known(base_url: str) -> bool:
    """True for the address of a provider that is on the list: its unknown models have no price."""
    if not base_url:
        return False
    from genai_prices.data_snapshot import get_snapshot

    try:
        return get_snapshot().find_provider("", None, base_url) is not None
    except LookupError:
        return False
