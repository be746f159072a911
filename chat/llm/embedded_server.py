"""The embedded model's process: llama.cpp's own server on a free port of the loopback address.

Started by `embedded.py` as a script, so that nothing of the site is loaded into it.  It reads one line of JSON
from standard input (the weights, the key), writes one line with its address when it is ready, and ends when
standard input does: the parent's end of the pipe closes however the parent dies.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

NICE = 10
SLOTS = 2
LONGEST_ANSWER = 2048
PROMPT_CACHE_MIB = 64
SLEEP_AFTER_SECONDS = 900


def cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads() -> int:
    """On how many the model computes: all cores but one.

    After each step of a layer they wait for the slowest in a busy loop.  Where other work takes a core of theirs, the
    rest burns its time: on two busy cores two threads answer more than three times as late as one.
    """
    return max(1, cores() - 1)


def parameters(engine: Any, options: dict[str, Any]) -> Any:
    """The server's settings: small, local, behind a key, without its web pages."""
    chosen = engine.CommonParams()
    chosen.model.path = options["gguf"]
    chosen.model_alias = {options["name"]}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = 0
    chosen.api_keys = [options["key"]]
    chosen.ui = False
    chosen.endpoint_slots = False
    chosen.n_ctx = options["context"]
    chosen.n_parallel = SLOTS
    chosen.kv_unified = True
    chosen.n_predict = LONGEST_ANSWER
    chosen.n_gpu_layers = 0
    chosen.cache_ram_mib = PROMPT_CACHE_MIB
    chosen.sleep_idle_seconds = SLEEP_AFTER_SECONDS
    chosen.verbosity = 0
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = threads()
    chosen.sampling.temp = 0.2
    chosen.sampling.top_p = 0.9
    chosen.sampling.penalty_repeat = 1.1
    return chosen


def end_with_parent() -> None:
    """Waits for the end of standard input, then ends the process at once, whatever it is doing."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def main() -> None:
    """Serves until the parent is gone."""
    with contextlib.suppress(OSError):
        os.nice(NICE)
    options = json.loads(sys.stdin.buffer.readline())
    watcher = threading.Thread(target=end_with_parent, daemon=True)
    watcher.start()
    import xllamacpp

    if not Path(options["gguf"]).is_file():
        raise SystemExit("The weights are gone")
    server = xllamacpp.Server(parameters(xllamacpp, options))
    sys.stdout.write(json.dumps({"address": server.listening_address}) + "\n")
    sys.stdout.flush()
    watcher.join()


if __name__ == "__main__":
    main()
