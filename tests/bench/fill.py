"""Fills a throwaway SQLite database with conversations: python tests/bench/fill.py --conversations 100000.

By SQL inside the database, because objects would take minutes. Environment: DJANGO_SETTINGS_MODULE, DATABASE_URL.
Ten messages a conversation; half of the messages are answers, each with a call and two events; projects and people
share the conversations unevenly: project 1 has half of them.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EACH = 10

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
SECONDS_AGO = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || ({ago}) || ' seconds')"
TEXT = "'Message ' || i || ': ' || replace(hex(zeroblob(100)), '00', 'lorem ') || (i % 997)"

CONVERSATIONS = """
INSERT INTO chat_aiconversation (id, title, context, created_at, updated_at, message_count, project_id, user_id)
{numbers} SELECT i, 'Conversation ' || i || ' about ' || (i % 9973), '{{}}', {begun}, {changed}, {each},
       CASE WHEN i % 2 = 0 THEN {first} ELSE 1000 + 1 + (i * 7) % {projects} END, 1000 + 1 + (i * 13) % {users} FROM n
"""
MESSAGES = """
INSERT INTO chat_aimessage (id, role, content, actions, metadata, created_at, updated_at, status, current, last_seq,
                            lease_owner, stop_requested, conversation_id, reply_to_id)
{numbers} SELECT i, CASE WHEN i % 2 = 1 THEN 'user' ELSE 'assistant' END, {text}, NULL,
       CASE WHEN i % 2 = 1 THEN NULL ELSE '{{"model": "gpt-4-turbo", "cost": "0.00031"}}' END, {begun}, {begun},
       CASE WHEN i % 2 = 0 AND i % 5000 = 0 THEN 'failed' ELSE 'complete' END, 1, 0, '', 0, (i - 1) / {each} + 1,
       CASE WHEN i % 2 = 1 THEN NULL ELSE i - 1 END FROM n
"""
CALLS = """
INSERT INTO chat_modelcall (id, provider, base_url, model, request_packed, parameters, prompt_tokens,
                            completion_tokens, estimated, cost, http_status, attempts, retries, finish_reason, error,
                            started_at, first_token_ms, duration_ms, message_id)
{numbers} SELECT printf('%032x', i), 'openai', 'https://api.example/v1',
       CASE WHEN i % 10000 = 0 THEN 'rare-model' WHEN i % 3 = 0 THEN 'gpt-4o' ELSE 'gpt-4-turbo' END, zeroblob(600),
       '{{}}', 1200, 300, 0, CASE WHEN i % 100 = 0 THEN NULL ELSE 0.00031 END, 200, 1, '[]', 'stop',
       CASE WHEN i % 5000 = 0 THEN '{{"code": "rate_limit"}}' END, {begun}, 400, 5000, {message} FROM n
"""


def statements(conversations: int, calls: int, first_project: int) -> list[str]:
    """Every INSERT."""
    messages = conversations * EACH
    shared = {"each": EACH, "projects": projects_for(conversations), "users": users_for(conversations)}
    shared |= {"first": first_project, "text": TEXT}
    # a call belongs to an answer, of which there are half as many as messages
    shared["message"] = f"2 * ((i - 1) % {max(1, messages // 2)} + 1)"
    plans = ((CONVERSATIONS, conversations), (MESSAGES, messages), (CALLS, calls))
    return [statement(sql, count, shared) for sql, count in plans if count]


def projects_for(conversations: int) -> int:
    """How many projects share them, beside the first."""
    return min(conversations, 10_000)


def users_for(conversations: int) -> int:
    """How many people do."""
    return min(conversations, 5_000)


def make_hosts(conversations: int) -> None:
    """People and projects, ids from 1001: by Django, as their tables are the host's."""
    from django.contrib.auth import get_user_model

    from projects.models import Project

    users: Any = get_user_model()
    made = [users(pk=1000 + n, username=f"person{n}", password="!") for n in range(1, users_for(conversations) + 1)]
    users.objects.bulk_create(made)
    count = projects_for(conversations)
    owners = [made[n % len(made)] for n in range(count)]
    Project.objects.bulk_create(Project(pk=1001 + n, name=f"Project {n + 1}", owner=owners[n]) for n in range(count))


def statement(sql: str, count: int, shared: dict[str, Any]) -> str:
    """One INSERT of `count` rows; the higher the id the newer the row."""
    begun = SECONDS_AGO.format(ago=f"({count} - i) * 3")
    numbers = NUMBERS.format(count=count)
    return sql.format(**shared, numbers=numbers, begun=begun, changed=begun)


def fill(conversations: int, calls: int, first_project: int) -> None:
    """Makes the rows in one transaction, nothing synced to the disk: it is thrown away."""
    from django.db import connection

    make_hosts(conversations)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-200000")
        cursor.execute("BEGIN IMMEDIATE")
        for sql in statements(conversations, calls, first_project):
            # no parameters: a % in the SQL is a %
            cursor.execute(sql)
        cursor.execute("COMMIT")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--project", type=int, default=1, help="the project that has half of them")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
    import django

    django.setup()
    fill(options.conversations, options.calls, options.project)


if __name__ == "__main__":
    main()
