"""Proxies that the environment names."""

from __future__ import annotations

import httpx2
import pytest

from chat.llm.openai_compatible import OpenAICompatible
from chat.llm.transport import proxy_for
from tests.hostile_server import HostileServer, whole
from tests.unit.llm.providers import asked

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "https://api.openai.com/v1", None),
        ({"https_proxy": "http://p:1"}, "https://api.openai.com/v1", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "http://api.openai.com/v1", None),
        ({"all_proxy": "p:1"}, "http://api.openai.com/v1", "http://p:1"),
        ({"all_proxy": "socks5://p:1"}, "https://api.openai.com/v1", "socks5://p:1"),
        ({"http_proxy": "http://p:1", "no_proxy": "localhost,.inside"}, "http://a.inside/v1", None),
        ({"http_proxy": "http://p:1"}, "/v1", None),
    ],
)
def test_which_proxy(environment: dict[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(httpx2.URL(url)) == proxy


async def test_a_request_goes_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HostileServer() as proxy:
        proxy.say(whole("Hi"))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        provider = OpenAICompatible(base_url="http://model.example/v1")
        assert (await asked(provider)).text == "Hi"
        assert proxy.requests[0].path == "http://model.example/v1/chat/completions"
        await provider.aclose()


async def test_a_socks_proxy_is_used_or_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiohttp has no SOCKS; the package's own client has it, with `socksio` installed."""
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
    provider = OpenAICompatible(base_url="http://model.example/v1")
    provider.retries = type(provider.retries)(most=0)
    found = await asked(provider)
    assert found.code == "connection"
    assert found.error is not None
    assert found.error.detail
    await provider.aclose()
