"""Requests/s of the conversation list: ours and the plain ones, in one server, in turns.

Started by `bin/bench conversations`.  Besides the time, which other work on the machine ruins, it reads the CPU time of
the server process, which holds roughly.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
PROJECT = 1
CONNECTIONS = 2
LISTS = {
    "ours": f"/api/chat/conversations/{PROJECT}?limit=50",
    "plain: serializer, Count()": f"/bench/counted/{PROJECT}",
    "plain: serializer, a query a row": f"/bench/nested/{PROJECT}",
}
OURS, *PLAIN = LISTS
WANTED = 5


@contextmanager
def server(port: int) -> Iterator[int]:
    """Our server on a port; its process id."""
    command = [sys.executable, "-m", "uvicorn", "webox.asgi:application", "--port", str(port), "--no-access-log",
               "--log-level", "warning"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when the server answers."""
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit("the server ended")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/chat/models")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def cpu_seconds(pid: int) -> float:
    """What a process has used (proc(5)); 0 where that cannot be read."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def load(port: int, path: str, session: str, until: float, counts: list[int]) -> None:
    """One connection that asks again and again; every answer is checked, a wrong one ends it and is told."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    done = 0
    while time.monotonic() < until or not done:
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        rows = json.loads(answer.read()).get("conversations", [])
        if answer.status != 200 or len(rows) != 50 or rows[0]["message_count"] != 10:
            print(f"{path}: status {answer.status}, {len(rows)} rows", file=sys.stderr)
            return
        done += 1
    counts.append(done)


def measure(port: int, pid: int, path: str, session: str, seconds: float) -> tuple[float, float]:
    """Requests/s and CPU-ms of the server for each."""
    counts: list[int] = []
    cpu, began = cpu_seconds(pid), time.monotonic()
    arguments = (port, path, session, began + seconds, counts)
    threads = [Thread(target=load, args=arguments) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) != CONNECTIONS:
        raise SystemExit("a wrong answer ended the run")
    took, used = time.monotonic() - began, cpu_seconds(pid) - cpu
    return sum(counts) / took, 1000 * used / sum(counts)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--session", required=True)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8012)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in LISTS}
    with server(options.port) as pid:
        for path in LISTS.values():
            measure(options.port, pid, path, options.session, 0.2)
        for _ in range(options.rounds):
            for name, path in LISTS.items():
                found[name].append(measure(options.port, pid, path, options.session, options.seconds))
    show(found)


def show(found: dict[str, list[tuple[float, float]]]) -> None:
    """Medians, and how many times ours is faster."""
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    print(f"{'median of rounds':<36}{'requests/s':>12}{'CPU-ms each':>14}")
    for name, (rate, cpu) in medians.items():
        print(f"{name:<36}{rate:>12.1f}{cpu:>14.2f}")
    for name in PLAIN:
        rate, cpu = medians[OURS][0] / medians[name][0], medians[name][1] / (medians[OURS][1] or 1)
        print(f"ours / {name:<29}{rate:>11.1f}×{cpu:>13.1f}×")
    kept = medians[OURS][0] / medians[PLAIN[0]][0] >= WANTED
    print(f"{'✓' if kept else '✗'} promised: at least {WANTED} times the serializer with Count()")


if __name__ == "__main__":
    main()
