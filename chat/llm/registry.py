"""Which provider serves which model, by the site's settings.

`PROVIDERS` names providers by alias, each with a dotted path and options; a model is then called `alias:model`, or
by its plain name at the first alias.  Without it there is one provider: OpenAI or a compatible server where a key
or an address is set, else the embedded model where it is installed, else one that says what is missing.

Providers live as long as the event loop that uses them: connections can't be shared between loops.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from inspect import signature
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from chat.conf import settings

from .base import CallTrace, ModelInfo, ModelRequest, Part, Provider, Timeouts
from .errors import ModelError, NotConfigured

logger = logging.getLogger(__name__)

LIST_SECONDS = 60.0
#: So long the first request to a provider waits for its list of models, which may name their windows.
INTRODUCTION = 0.3
DEFAULT_ALIAS = "default"
OPENAI_COMPATIBLE = "chat.llm.openai_compatible.OpenAICompatible"
EMBEDDED = "chat.llm.embedded.EmbeddedModel"

#: The models that a provider listed, or why it listed none.
Listed = tuple[tuple[ModelInfo, ...], ModelError | None]
NOTHING: Listed = ((), None)


class Unconfigured(Provider):
    """Stands where no provider can be: every request says what is missing."""

    name: ClassVar[str] = "none"

    def __init__(self, code: str) -> None:
        self._code = code

    async def stream(self, request: ModelRequest, trace: CallTrace) -> AsyncGenerator[list[Part], None]:
        trace.provider = self.name
        if self._code:
            raise NotConfigured(self._code)
        yield []

    async def models(self) -> Sequence[ModelInfo]:
        if self._code:
            raise NotConfigured(self._code)
        return ()

    async def aclose(self) -> None:
        """Nothing to close."""


class Registry:
    """The providers of one event loop, made when first asked for."""

    def __init__(self) -> None:
        self._providers: dict[str, Provider] = {}
        self._retired: list[Provider] = []
        self._lists: dict[str, tuple[float, Listed]] = {}
        self._listing: dict[str, asyncio.Lock] = {}
        self._introducing: set[asyncio.Task[Listed]] = set()

    def provider_for(self, model: str | None) -> tuple[Provider, str]:
        """The provider of a model and the name that it knows it by; without a model, the default one."""
        aliases = list(configured())
        wanted = (model or "").strip() or str(settings.DEFAULT_MODEL)
        alias, colon, rest = wanted.partition(":")
        if colon and rest and alias in aliases:
            return self._provider(alias), rest
        provider = self._provider(aliases[0])
        return provider, getattr(provider, "only_model", "") or wanted

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models of all providers, each list kept for a minute; a provider that fails lists none.

        Raises the first one's `ModelError` where none lists any.
        """
        aliases = list(configured())
        found = await asyncio.gather(*map(self._list, aliases))
        lists = [infos for infos, _ in found]
        if not any(lists) and found[0][1] is not None:
            raise found[0][1]
        return tuple(
            _named(alias if index else "", info)
            for index, (alias, infos) in enumerate(zip(aliases, lists, strict=True))
            for info in infos
        )

    async def introduce(self, provider: Provider) -> None:
        """Has the list of a provider's models read where nobody has asked for it yet: it may say how much they take.
        Waits for it a moment; a slow one comes in time for the next request."""
        alias = next((alias for alias, known in self._providers.items() if known is provider), None)
        if alias is None or alias in self._lists:
            return
        # an empty list until it is there: a list that hangs holds up one request, not each
        self._lists[alias] = (0.0, NOTHING)
        task = asyncio.create_task(self._list(alias))
        self._introducing.add(task)
        task.add_done_callback(self._introduced)
        await asyncio.wait({task}, timeout=INTRODUCTION)

    def _introduced(self, task: asyncio.Task[Listed]) -> None:
        self._introducing.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a list of models could not be read", exc_info=error)

    async def aclose(self) -> None:
        """Closes the providers; new ones are made when asked for again."""
        self.retire()
        for task in self._introducing:
            task.cancel()
        providers, self._retired = self._retired, []
        await asyncio.gather(*(provider.aclose() for provider in providers), return_exceptions=True)

    def retire(self) -> None:
        """Puts the providers away, to be closed later: the settings that made them have changed."""
        self._retired += self._providers.values()
        self._providers.clear()
        self._lists.clear()

    def _provider(self, alias: str) -> Provider:
        if alias not in self._providers:
            self._providers[alias] = made(configured()[alias], alias)
        return self._providers[alias]

    async def _list(self, alias: str) -> Listed:
        async with self._listing.setdefault(alias, asyncio.Lock()):
            at, listed = self._lists.get(alias, (0.0, NOTHING))
            if at and time.monotonic() - at < LIST_SECONDS:
                return listed
            try:
                listed = tuple(await self._provider(alias).models()), None
            except ModelError as error:
                listed = (), error.with_traceback(None)
            self._lists[alias] = (time.monotonic(), listed)
            return listed


def _named(alias: str, info: ModelInfo) -> ModelInfo:
    if not alias:
        return info
    return ModelInfo(f"{alias}:{info.id}", info.label or info.id, info.context_window, info.notice)


def configured() -> dict[str, Mapping[str, Any]]:
    """The providers by alias, as the settings say or as they imply."""
    if settings.PROVIDERS:
        return dict(settings.PROVIDERS)
    if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        options = {"api_key": settings.OPENAI_API_KEY, "base_url": settings.OPENAI_BASE_URL}
        return {DEFAULT_ALIAS: {"BACKEND": OPENAI_COMPATIBLE, "OPTIONS": options}}
    if settings.EMBEDDED_MODEL and embedded_installed():
        return {DEFAULT_ALIAS: {"BACKEND": EMBEDDED, "OPTIONS": {"gguf": settings.EMBEDDED_GGUF}}}
    return {DEFAULT_ALIAS: {}}


def embedded_installed() -> bool:
    """Whether the embedded model can be started."""
    from .weights import installed

    return installed(settings.EMBEDDED_GGUF)


def made(entry: Mapping[str, Any], alias: str) -> Provider:
    """The provider that an entry of the settings describes.  Raises `ImproperlyConfigured`."""
    path = entry.get("BACKEND")
    if not path:
        return Unconfigured("missing_api_key")
    try:
        backend = import_string(path) if isinstance(path, str) else path
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("openai", "httpx2", "aiohttp"):
            return Unconfigured("package_missing")
        raise ImproperlyConfigured(f"CHAT['PROVIDERS'][{alias!r}]: {error}") from error
    except ImportError as error:
        raise ImproperlyConfigured(f"CHAT['PROVIDERS'][{alias!r}]['BACKEND']: {error}") from error
    options = dict(entry.get("OPTIONS", {}))
    if "timeouts" in signature(backend).parameters:
        options.setdefault("timeouts", timeouts())
    try:
        provider: Provider = backend(**options)
    except TypeError as error:
        raise ImproperlyConfigured(f"CHAT['PROVIDERS'][{alias!r}]['OPTIONS']: {error}") from error
    return provider


def timeouts() -> Timeouts:
    """The time limits that the settings give."""
    return Timeouts(
        connect=settings.CONNECT_TIMEOUT, first_token=settings.FIRST_TOKEN_TIMEOUT, idle=settings.IDLE_TIMEOUT
    )


_registries: WeakKeyDictionary[asyncio.AbstractEventLoop, Registry] = WeakKeyDictionary()


def registry() -> Registry:
    """The registry of the running loop."""
    loop = asyncio.get_running_loop()
    if loop not in _registries:
        _registries[loop] = Registry()
    return _registries[loop]


def provider_for(model: str | None = None) -> tuple[Provider, str]:
    """The provider of a model, and the name that it knows it by; see `Registry.provider_for`."""
    return registry().provider_for(model)


async def introduce(provider: Provider) -> None:
    """Has a provider's list of models read, once; see `Registry.introduce`."""
    await registry().introduce(provider)


async def list_models() -> tuple[ModelInfo, ...]:
    """The models on offer."""
    return await registry().models()


async def close_all() -> None:
    """Closes this loop's providers: connections, and the embedded model's process."""
    found = _registries.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.aclose()


async def warm_up() -> None:
    """Loads what the first message would wait for, without holding up the loop; a fault shows with that message."""
    entry = next(iter(configured().values()))
    if isinstance(entry.get("BACKEND"), str):
        with contextlib.suppress(ImportError):
            await asyncio.to_thread(_load, entry["BACKEND"])


def _load(path: str) -> None:
    getattr(import_string(path), "warm_up", lambda: None)()


def _reset(*, setting: str, **_: Any) -> None:
    """Settings changed, in a test: the next call reads them anew."""
    if setting == "CHAT":
        for each in list(_registries.values()):
            each.retire()


setting_changed.connect(_reset)
