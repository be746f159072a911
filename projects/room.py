"""One project that is followed on this server: what its followers are told, each at his own speed."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from projects import news

if TYPE_CHECKING:
    from projects.events import Follower

KEPT_EVENTS = 200


class Room:
    """Its newest events, those that are no revisions, and who is there."""

    def __init__(self, head: int) -> None:
        self.head = head
        self.since = head
        self.people = b""
        self.recent: deque[tuple[int, bytes]] = deque(maxlen=KEPT_EVENTS)
        self.said = 0
        self.passing: deque[tuple[int, bytes]] = deque(maxlen=KEPT_EVENTS)
        self.followers: set[Follower] = set()

    def add(self, frames: news.Frames, head: int) -> None:
        """Revisions."""
        for number, data in frames:
            if len(self.recent) == KEPT_EVENTS:
                self.since = self.recent[0][0]
            self.recent.append((number, data))
        self.head = max(self.head, head)

    def say(self, frame: bytes) -> None:
        """What only those hear who are there now."""
        self.said += 1
        self.passing.append((self.said, frame))
        self.wake()

    def after(self, number: int) -> bytes:
        """The events after a number; one that says "look again" where they are not kept any more."""
        if number < self.since:
            return news.everything(self.head)[1]
        return b"".join(data for told, data in self.recent if told > number)

    def said_after(self, number: int) -> bytes:
        """What was said since."""
        return b"".join(frame for told, frame in self.passing if told > number)

    def wake(self) -> None:
        """Everybody looks."""
        for follower in self.followers:
            follower.news.set()
