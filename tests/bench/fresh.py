"""A fresh copy of a database: python tests/bench/fresh.py TEMPLATE TARGET.  Faster than migrating for each start."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

template, target = Path(sys.argv[1]), Path(sys.argv[2])
for leftover in target.parent.glob(f"{target.name}*"):
    leftover.unlink()
shutil.copyfile(template, target)
