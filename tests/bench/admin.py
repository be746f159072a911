"""How long the admin's pages take, and how many queries, on a database that tests/bench/fill.py made.

DATABASE_URL=sqlite:////tmp/big.sqlite3 python tests/bench/admin.py
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LISTS = ("aiconversation", "aimessage", "aiaction", "modelcall")
QUERIES = {
    "aiconversation": ("", "?project=1", "?project=Project 77", "?user=person42", "?q=77", "?q=lorem", "?q=zzzz",
                       "?p=150"),
    "aimessage": ("", "?project=1", "?project=1042", "?user=1042", "?role__exact=user", "?status__exact=failed",
                  "?model=rare-model", "?model=gpt-4o", "?q=500000", "?q=zzzz", "?project=1&model=gpt-4o&user=1042"),
    "aiaction": ("",),
    "modelcall": ("", "?project=1042", "?model=rare-model", "?model=gpt-4o", "?outcome=error", "?q=zzzz", "?project=1"),
}  # fmt: skip


def pages() -> list[str]:
    """Every address that is measured."""
    lists = [f"/admin/chat/{name}/{query}" for name in LISTS for query in QUERIES[name]]
    return [*lists, "/admin/chat/aiconversation/500/change/", "/admin/chat/aimessage/5000/change/",
            f"/admin/chat/modelcall/{5000:032x}/change/", "/admin/chat/aiconversation/500/delete/"]  # fmt: skip


def measure(client: Any, address: str) -> tuple[int, float, int]:
    """Queries, milliseconds and status of one page, warm."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        answer = client.get(address)
        took = time.perf_counter() - began
    if os.environ.get("SLOW"):
        for query in queries.captured_queries:
            if float(query["time"]) > 0.1:
                print("   ", query["time"], query["sql"][:2000])
    return len(queries), took * 1000, answer.status_code


def main() -> None:
    """Command line."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    users: Any = get_user_model()
    user = users.objects.filter(username="admin-bench").first() or users.objects.create_superuser("admin-bench")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    print("queries      ms  page")
    for address in pages():
        queries, took, status = measure(client, address)
        print(f"{queries:7} {took:7.0f}  {address}{'' if status == 200 else f'  status {status}'}")


if __name__ == "__main__":
    main()
