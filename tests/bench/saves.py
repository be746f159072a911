"""People who save at once: what `bin/bench studio` measures of it.

Each has a connection and a file of their own and saves as fast as they can: there is no pause between a person's saves,
so times are those of a queue that is always full. What a save costs the server (CPU-ms) holds on a busy machine, too.
"""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from threading import Barrier, Thread

from tests.bench.list_load import cpu_seconds

WRITERS = 20
SAVES = 25


@dataclass(slots=True)
class Saved:
    """Milliseconds of each save, the texts of refusals, and CPU-ms of the server for each save."""

    taken: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    cpu: float = 0.0


def all_at_once(port: int, pid: int, session: str) -> Saved:
    """All of them, from the same moment on."""
    found, start = Saved(), Barrier(WRITERS)
    people = [Thread(target=_save, args=(port, session, number, start, found)) for number in range(WRITERS)]
    before = cpu_seconds(pid)
    for person in people:
        person.start()
    for person in people:
        person.join()
    found.cpu = 1000 * (cpu_seconds(pid) - before) / len(found.taken)
    return found


def _save(port: int, session: str, number: int, start: Barrier, found: Saved) -> None:
    """One person who saves a file of their own, again and again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    path = f"/api/projects/1/files/people/person{number}.js"
    own = {"Cookie": f"sessionid={session}", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    condition = {"If-None-Match": "*"}
    start.wait()
    for turn in range(SAVES):
        begun = time.perf_counter()
        connection.request("PUT", path, json.dumps({"text": f"// {number} {turn}\n" * 50}), {**own, **condition})
        answer = connection.getresponse()
        body = answer.read()
        found.taken.append((time.perf_counter() - begun) * 1000)
        if answer.status not in (200, 201):
            found.failed.append(body.decode())
            return
        condition = {"If-Match": f'"{json.loads(body)["digest"]}"'}
