"""Which provider serves which model, by the settings."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from chat.llm import registry
from chat.llm.base import CallTrace, ModelInfo, ModelRequest, Provider
from chat.llm.errors import NotConfigured, Refused
from chat.llm.scripted import ScriptedProvider
from tests.unit.llm.providers import asked


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    yield
    await registry.close_all()


@pytest.fixture
def no_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.llm.registry.embedded_installed", lambda: False)


def chat(**settings: Any) -> override_settings:
    return override_settings(CHAT=settings)


def names(model: str | None = None) -> tuple[str, str]:
    provider, name = registry.provider_for(model)
    return provider.name, name


async def test_a_key_or_an_address_is_a_compatible_server() -> None:
    with chat(OPENAI_API_KEY="sk-x", DEFAULT_MODEL="gpt-4-turbo"):
        assert names() == ("openai", "gpt-4-turbo")
        assert names("other") == ("openai", "other")
    with chat(OPENAI_BASE_URL="http://127.0.0.1:1/v1"):
        assert names("llama3:8b") == ("openai", "llama3:8b")


@pytest.mark.usefixtures("no_embedded")
async def test_nothing_says_that_the_key_is_missing() -> None:
    with chat():
        provider, _ = registry.provider_for(None)
        with pytest.raises(NotConfigured, match="missing_api_key"):
            await anext(provider.stream(ModelRequest("m", []), CallTrace()))
        with pytest.raises(NotConfigured, match="missing_api_key"):
            await registry.list_models()


async def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delitem(sys.modules, "chat.llm.openai_compatible", raising=False)
    with chat(OPENAI_API_KEY="sk-x"):
        provider, _ = registry.provider_for(None)
        assert (await asked(provider)).code == "package_missing"


async def test_the_embedded_model_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.llm.registry.embedded_installed", lambda: True)
    with chat():
        assert names("gpt-4-turbo")[0] == "embedded"
    with chat(EMBEDDED_MODEL=False):
        assert names()[0] == "none"
    with chat(OPENAI_API_KEY="sk-x"):
        assert names()[0] == "openai"


SCRIPTED = "chat.llm.scripted.ScriptedProvider"


async def test_aliases() -> None:
    with chat(PROVIDERS={"a": {"BACKEND": SCRIPTED}, "b": {"BACKEND": SCRIPTED, "OPTIONS": {"tools": False}}}):
        first, name = registry.provider_for("m")
        assert (first.supports_tools, name) == (True, "m")
        second, name = registry.provider_for("b:m")
        assert (second.supports_tools, name) == (False, "m")
        assert registry.provider_for("b:other")[0] is second
        assert registry.provider_for("c:m") == (first, "c:m")
        assert [info.id for info in await registry.list_models()] == ["scripted", "b:scripted"]


@pytest.mark.parametrize(
    "entry",
    [
        {"BACKEND": "nowhere.Nothing"},
        {"BACKEND": "chat.llm.scripted.Nothing"},
        {"BACKEND": SCRIPTED, "OPTIONS": {"nonsense": 1}},
    ],
)
async def test_a_wrong_entry_names_its_setting(entry: dict[str, Any]) -> None:
    with chat(PROVIDERS={"mine": entry}), pytest.raises(ImproperlyConfigured, match="mine"):
        registry.provider_for(None)


class Listing(ScriptedProvider):
    """Counts how often it is asked for its models."""

    asked = 0

    async def models(self) -> tuple[ModelInfo, ...]:
        type(self).asked += 1
        await asyncio.sleep(0)
        return (ModelInfo("m"),)


class Failing(ScriptedProvider):
    """Has no list."""

    async def models(self) -> tuple[ModelInfo, ...]:
        raise Refused("auth")


async def test_lists_are_kept_for_a_while_and_asked_for_once() -> None:
    Listing.asked = 0
    with chat(PROVIDERS={"a": {"BACKEND": Listing}}):
        await asyncio.gather(*(registry.list_models() for _ in range(5)))
        assert Listing.asked == 1


async def test_a_provider_is_asked_for_its_models_once_before_its_first_request() -> None:
    Listing.asked = 0
    with chat(PROVIDERS={"a": {"BACKEND": Listing}}):
        provider, _ = registry.provider_for(None)
        for _ in range(3):
            await registry.introduce(provider)
        assert Listing.asked == 1
        await registry.introduce(ScriptedProvider())  # nobody's


class Hanging(ScriptedProvider):
    """Its list never comes."""

    async def models(self) -> tuple[ModelInfo, ...]:
        await asyncio.Event().wait()
        return ()


class Broken(ScriptedProvider):
    """Its list is a mistake."""

    async def models(self) -> tuple[ModelInfo, ...]:
        raise ZeroDivisionError


@pytest.mark.parametrize("backend", [Hanging, Broken, Failing])
async def test_a_list_that_does_not_come_holds_up_nobody(
    backend: type[Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.llm.registry.INTRODUCTION", 0.01)
    with chat(PROVIDERS={"a": {"BACKEND": backend}}):
        provider, _ = registry.provider_for(None)
        async with asyncio.timeout(10):
            await registry.introduce(provider)
            begun = len(registry.registry()._introducing)
            await registry.introduce(provider)
            assert (begun, len(registry.registry()._introducing)) == ((1, 1) if backend is Hanging else (0, 0))
            await registry.close_all()


async def test_a_provider_without_a_list_hides_no_other() -> None:
    with chat(PROVIDERS={"a": {"BACKEND": Failing}, "b": {"BACKEND": Listing}}):
        assert [info.id for info in await registry.list_models()] == ["b:m"]


class Closing(ScriptedProvider):
    """Notes that it was closed."""

    closings = 0

    async def aclose(self) -> None:
        type(self).closings += 1


async def test_providers_live_as_long_as_their_loop_and_are_closed() -> None:
    Closing.closings = 0
    with chat(PROVIDERS={"a": {"BACKEND": Closing}}):
        first = registry.provider_for(None)[0]
        assert registry.provider_for(None)[0] is first
        elsewhere: list[Provider] = []
        await asyncio.to_thread(lambda: elsewhere.append(asyncio.run(provider_elsewhere())))
        assert elsewhere[0] is not first
    assert Closing.closings == 0
    await registry.close_all()
    assert Closing.closings == 1


async def provider_elsewhere() -> Provider:
    return registry.provider_for(None)[0]


async def test_time_limits_come_from_the_settings() -> None:
    with chat(OPENAI_API_KEY="x", CONNECT_TIMEOUT=1.0, FIRST_TOKEN_TIMEOUT=2.0, IDLE_TIMEOUT=3.0):
        limits = registry.provider_for(None)[0].timeouts  # type: ignore[attr-defined]
        assert (limits.connect, limits.first_token, limits.idle) == (1.0, 2.0, 3.0)


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    with chat():
        yield
