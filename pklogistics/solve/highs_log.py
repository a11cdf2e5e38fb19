"""What HiGHS leaves behind when it is ended early: log lines and its file of improving solutions."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

import numpy as np

from pklogistics.model.program import Floats

# " R  0  0  0  0.00%   1793312.030921  2381916.563916  24.71% ...": explored share, bound, best solution.
_LINE = re.compile(r"^\s*\S?\s+\S+\s+\S+\s+\S+\s+\d+\.\d+%\s+(\S+)\s+(\S+)\s")
_DIGITS_LOST = 1e-8
_BYTES_A_COLUMN = 48


def progress(lines: str) -> tuple[float, float]:
    """Return the best bound and the best objective named in log lines, infinite where there is none."""
    bound, incumbent = -math.inf, math.inf
    for line in lines.splitlines():
        match = _LINE.match(line)
        if match:
            try:
                bound = max(bound, float(match[1]))
                incumbent = min(incumbent, float(match[2]))
            except ValueError:
                continue
    return bound, incumbent


def safe_bound(bound: float) -> float:
    """Return a bound read from the log, lowered by what printing nine digits may have added."""
    return bound - _DIGITS_LOST * abs(bound) if math.isfinite(bound) else -math.inf


def last_solution(path: Path, columns: int) -> Floats | None:
    """Return the last whole solution in HiGHS's sparse file of improving solutions, None if there is none.

    Blocks read ``Objective v``, ``# Columns -k`` and k lines ``value column``. The last block may be cut.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 2 * _BYTES_A_COLUMN * (columns + 4)))
        text = file.read().decode("ascii", "replace")
    for block in reversed(text.split("Objective ")[1:]):
        values = _block_values(block, columns)
        if values is not None:
            return values
    return None


def _block_values(block: str, columns: int) -> Floats | None:
    head, _, body = block.partition("# Columns -")
    count_text, _, rest = body.partition("\n")
    if not (head and count_text.isdigit()):
        return None
    *whole_lines, _ = rest.split("\n")
    lines = whole_lines[: int(count_text)]
    if len(lines) < int(count_text):
        return None
    try:
        entries = np.array(" ".join(lines).split(), dtype=np.float64).reshape(-1, 2)
    except ValueError:
        return None
    at = entries[:, 1].astype(np.int64)
    if at.size and (at.min() < 0 or at.max() >= columns):
        return None
    values = np.zeros(columns)
    values[at] = entries[:, 0]
    return values
