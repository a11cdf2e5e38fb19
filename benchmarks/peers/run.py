"""One measurement of benchmarks.peers in a process of its own, which may fail or be too slow."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass

from benchmarks.record import RESULTS, Row


@dataclass(frozen=True)
class Ended:
    """What a process said: the last JSON object, if any, and how it ended."""

    row: Row
    status: str


def run(module: str, arguments: list[str], limit: float) -> Ended:
    """Run ``python -m module arguments`` for at most ``limit`` seconds."""
    command = [sys.executable, "-m", module, *arguments]
    status = "done"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=RESULTS.parent.parent, timeout=limit
        )
        said = done.stdout
        if done.returncode:
            words = done.stderr.strip() or f"exit code {done.returncode}"
            status = f"failed: {words.splitlines()[-1]}"
    except subprocess.TimeoutExpired as expired:
        said = expired.stdout.decode() if isinstance(expired.stdout, bytes) else expired.stdout or ""
        status = f"stopped after {limit:g} s"
    return Ended(last_object(said), status)


def last_object(said: str) -> Row:
    """Return the last whole JSON object that begins a line, empty if there is none."""
    for start in reversed([match.start() for match in re.finditer(r"^\{", said, flags=re.MULTILINE)]):
        try:
            row: Row = json.JSONDecoder().raw_decode(said, start)[0]
        except json.JSONDecodeError:
            continue  # A process that was stopped may have said half of it.
        return row
    return {}
