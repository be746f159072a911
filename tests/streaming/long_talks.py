"""Conversations of many turns in the database of a real server, as if they had been held."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg

from tests.live import Studio
from tests.streaming.model_server import Call

#: A budget that some forty of these messages fill.
SMALL = {"CONTEXT_TOKENS": 5_000, "SUMMARY_LEAST_BUDGET": 0}
SUMMARY = "- le titre est bleu"
SAID = "une phrase de plus " * 6
COLUMNS = (
    "conversation_id, role, content, created_at, updated_at, status, current, last_seq, lease_owner, stop_requested"
)
NOW = "2026-01-01 10:00:00+00:00"


def fill(studio: Studio, conversation_id: int, turns: int, words: int = 24) -> None:
    """So many past turns, put into the database as they are."""
    roles = ("user", "assistant")
    rest = (NOW, NOW, "complete", True, 0, "", False)
    rows = [(conversation_id, roles[n % 2], f"message{n} {'mot ' * words}", *rest) for n in range(turns * 2)]
    if studio.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(studio.sqlite_path, timeout=10)) as connection, connection:
            connection.executemany(f"INSERT INTO chat_aimessage ({COLUMNS}) VALUES ({', '.join('?' * 10)})", rows)
        return
    with psycopg.connect(studio.database_url.replace("postgres://", "postgresql://", 1)) as postgres:
        values = ", ".join(["%s"] * 10)
        postgres.cursor().executemany(f"INSERT INTO chat_aimessage ({COLUMNS}) VALUES ({values})", rows)


def begun(studio: Studio, turns: int, words: int = 24) -> int:
    """A conversation of so many turns."""
    made = studio.client.post("/api/chat/conversations", {"project_id": 1, "title": "Longue"}).json()
    fill(studio, made["conversation_id"], turns, words)
    return int(made["conversation_id"])


def is_summary(call: Call) -> bool:
    """Whether the model is asked for a summary."""
    return str(call.messages[0]["content"]).startswith(("Tu résumes", "You summarise"))
