"""What the model layer costs per token: CPU-ms for 1,000 tokens, alone, without database and HTTP of our own.

    python tests/bench/llm_cost.py --url http://127.0.0.1:9100/v1 --streams 200 --model sim-n200-r50

The address must be one of a model server that is far from its limit and sends what its model's name asks for.
`paced` pulls as the turn runner does: a batch, then the next tick of one shared ticker; `eager` pulls at once;
`package` iterates the chunks that `AsyncOpenAI` parses, as a plain relay would.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import openai

from chat.llm.base import CallTrace, Finish, ModelRequest, Text
from chat.llm.openai_compatible import OpenAICompatible

MESSAGES = [{"role": "user", "content": "hello"}]


class Ticker:
    """Wakes everybody at the same time, every so often."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.waiters: list[asyncio.Future[None]] = []

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.seconds)
            waiters, self.waiters = self.waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def tick(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.append(waiter)
        await waiter


async def ours(provider: OpenAICompatible, model: str, wait: Callable[[], Awaitable[None]] | None) -> int:
    """One stream; gives the characters received."""
    size = 0
    stream = provider.stream(ModelRequest(model, MESSAGES), CallTrace())
    async for batch in stream:
        for part in batch:
            if isinstance(part, Text):
                size += len(part.text)
        if wait is not None and not isinstance(batch[-1], Finish):
            await wait()
    return size


async def package(client: openai.AsyncOpenAI, model: str) -> int:
    """One stream by the package's own iterator."""
    size = 0
    stream = await client.chat.completions.create(model=model, messages=MESSAGES, stream=True)
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            size += len(chunk.choices[0].delta.content)
    return size


async def starts(way: str, url: str, model: str, tick: float) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """What starts one stream in a way; cleaned up afterwards."""
    if way == "package":
        client = openai.AsyncOpenAI(api_key="bench", base_url=url, max_retries=0)
        yield lambda: package(client, model)
        await client.close()
        return
    provider = OpenAICompatible(api_key="bench", base_url=url)
    ticker = Ticker(tick)
    running = asyncio.ensure_future(ticker.run())
    yield lambda: ours(provider, model, ticker.tick if way == "paced" else None)
    running.cancel()
    await provider.aclose()


async def measure(way: str, options: argparse.Namespace) -> tuple[float, float, int]:
    """CPU-ms per 1,000 tokens, wall seconds, characters."""
    async for start in starts(way, options.url, options.model, options.tick):
        await start()
        cpu, wall = time.process_time(), time.perf_counter()
        sizes = await asyncio.gather(*(start() for _ in range(options.streams)))
        used = time.process_time() - cpu
        tokens = options.tokens * options.streams / 1000
        result = used * 1000 / tokens, time.perf_counter() - wall, sum(sizes)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:9100/v1")
    parser.add_argument("--model", default="sim-n200-r50")
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--tick", type=float, default=0.04)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="*", default=["package", "eager", "paced"])
    options = parser.parse_args()
    import uvloop

    for way in options.ways:
        rounds = [uvloop.run(measure(way, options)) for _ in range(options.rounds)]
        cpu = statistics.median(row[0] for row in rounds)
        print(f"{way:8} {cpu:7.1f} CPU-ms per 1,000 tokens   {rounds[0][1]:.2f} s   {rounds[0][2]} characters")


if __name__ == "__main__":
    main()
