"""Passwords cannot be guessed in bulk: after a few wrong ones, the next is not looked at for a while.

Counted in the cache (Redis where there is one, so that all servers count together), three ways:

- a name from an address: soon, so that one caller guesses little
- an address: later, for one who tries many names
- a name from everywhere: much later, for those who have many addresses; high, or anybody could lock a person out

A counter ends by itself `WINDOW` seconds after its first wrong guess; the right password, looked at, forgets the first.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from django.http import HttpRequest

WINDOW = 15 * 60
MOST = (5, 50, 100)


@dataclass(frozen=True, slots=True)
class Counter:
    """How many wrong guesses of one kind are borne in a window."""

    kind: str
    most: int
    subject: str

    @property
    def key(self) -> str:
        return f"guesses:{self.kind}:{hashlib.sha256(self.subject.encode()).hexdigest()}"


class Guesses:
    """Those of one name, from one caller; `of`: of what, where it is no password, with its own `most`."""

    def __init__(self, request: HttpRequest, name: str, *, of: str = "", most: tuple[int, int, int] = MOST) -> None:
        address, name = network_of(request.META.get("REMOTE_ADDR", "")), name.strip().casefold()
        self._pair = Counter(f"{of}pair", most[0], f"{address} {name}")
        self._all = (self._pair, Counter(f"{of}address", most[1], address), Counter(f"{of}name", most[2], name))

    @property
    def are_too_many(self) -> bool:
        found = cache.get_many([counter.key for counter in self._all])
        return any(found.get(counter.key, 0) > counter.most for counter in self._all)

    def add(self) -> None:
        """One more; what turns out to be right is forgotten.

        What one counter refuses raises none after it: whoever goes on and on locks himself out, and not a name.
        """
        for counter in self._all:
            if self._raised(counter.key) > counter.most:
                break

    def forget(self) -> None:
        """The person is who they say."""
        cache.delete(self._pair.key)
        for counter in self._all[1:]:
            with contextlib.suppress(ValueError):  # its time was up meanwhile
                cache.decr(counter.key)

    @staticmethod
    def _raised(key: str) -> int:
        if cache.add(key, 1, WINDOW):
            return 1
        try:
            return int(cache.incr(key))
        except ValueError:  # its time was up meanwhile
            cache.add(key, 1, WINDOW)
            return 1


def network_of(address: str) -> str:
    """An IPv6 caller has a whole network of addresses: it counts as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else address
