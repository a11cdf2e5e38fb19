"""What every benchmark row records besides its measurement, how memory is taken, and how rows are kept.

Rows are only ever added to a CSV file: an old row stays, with the commit and the machine it was measured
on. The Markdown table beside it shows the rows of the latest run.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

RESULTS = Path(__file__).parent / "results"
Row = dict[str, object]


def environment() -> Row:
    """Return date, commit and machine, as they go into every row."""
    git = ["git", "-C", str(RESULTS.parent)]
    commit = _output([*git, "rev-parse", "--short", "HEAD"]) or "unknown"
    changed = _output([*git, "status", "--porcelain", "--", "../pklogistics", "../instances"])
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "commit": commit + ("+changes" if changed else ""),
        "machine": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "ortools": version("ortools"),
    }


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


class Phases:
    """Seconds, processor seconds and peak memory of consecutive phases of one process.

    Processor seconds tell a slow program from a busy machine.

    Peak memory is the largest resident set during the phase, everything that was there before included,
    in MB of 1e6 bytes. Where the system cannot reset the peak (it can on Linux), it is the peak so far.
    """

    def __init__(self) -> None:
        self.row: Row = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure the body as the phase ``name``."""
        _reset_peak()
        start, used = time.perf_counter(), time.process_time()
        yield
        self.row[f"{name}_s"] = round(time.perf_counter() - start, 3)
        self.row[f"{name}_cpu_s"] = round(time.process_time() - used, 3)
        self.row[f"{name}_mb"] = round(_peak() / 1e6)


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def children_peak_mb() -> int:
    """Return the largest resident set of any child process that has ended, in MB of 1e6 bytes."""
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6)


def children_seconds() -> float:
    """Return the processor seconds of all processes that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def in_own_process(module: str, arguments: list[str]) -> Row:
    """Run ``python -m module arguments`` and return the JSON object on its last line of output.

    Each measurement has a process of its own, so that memory and warmed caches of one are not another's.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=RESULTS.parent.parent)
    row: Row = json.loads(done.stdout.strip().splitlines()[-1])
    return row


def append(name: str, rows: list[Row]) -> pd.DataFrame:
    """Add rows to ``results/<name>.csv`` and return them; columns new to the file are added to it."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.csv"
    new = pd.DataFrame([{**environment(), **row} for row in rows])
    before = pd.read_csv(path, dtype=str, keep_default_na=False) if path.exists() else pd.DataFrame()
    pd.concat([before, new.astype("object")]).to_csv(path, index=False, lineterminator="\n")
    return new


def latest(module: str, table: pd.DataFrame) -> str:
    """Return the words that say when and where the rows of a module's latest run were measured."""
    head = table.iloc[0]
    return (
        f"Latest run of `python -m benchmarks.{module}`: {head['date']} UTC, commit {head['commit']}, "
        f"{head['cpus']} cores, Python {head['python']}, OR-Tools {head['ortools']}"
    )


def exponent(size: pd.Series[float], seconds: pd.Series[float]) -> float:
    """Return b of the least-squares fit ``seconds = a * size**b``; 1 is linear growth."""
    return float(np.polyfit(np.log(size.to_numpy(float)), np.log(seconds.to_numpy(float)), 1)[0])


def markdown(table: pd.DataFrame, shown: Callable[[object], str] = str) -> str:
    """Return a Markdown table of all columns of ``table``."""
    lines = ["| " + " | ".join(table.columns) + " |", "|" + " ---: |" * len(table.columns)]
    lines += ["| " + " | ".join(shown(cell) for cell in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines) + "\n"
