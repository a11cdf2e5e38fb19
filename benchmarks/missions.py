"""The real missions through the command line: value, bound and gap of every tier within a time limit.

python -m benchmarks.missions                       # all four, each with its target
python -m benchmarks.missions unoci-2011 --time-limit 300
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.record import RESULTS, Row, append, latest, markdown

ROOT = RESULTS.parent.parent


TARGETS = {
    "unoci-2011": (60.0, 0.001),
    "untac-1992": (60.0, 0.001),
    "minustah-2010": (120.0, 0.005),
    "onuc-1960": (120.0, 0.005),
}
"""What each mission is to be proven to on two cores: seconds, and relative gap of every tier."""


def solved(mission: str, time_limit: float, gap: float, seed: int, *options: str) -> list[Row]:
    """Solve a mission of ``instances/``, or of a path, through the command line; return a row per tier."""
    with tempfile.TemporaryDirectory() as parent:
        command = [sys.executable, "-m", "pklogistics", "solve", str(ROOT / "instances" / mission)]
        command += ["--time-limit", str(time_limit), "--gap", str(gap), "--seed", str(seed), "--json"]
        command += ["-o", str(Path(parent) / "plan"), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    answer = json.loads(done.stdout)
    whole = {
        "mission": mission,
        "time_limit": time_limit,
        "target": gap,
        "seed": seed,
        # To the checked plan: what explaining it took stands in rows of its own benchmark.
        "total_s": sum(answer["seconds"][phase] for phase in ("read", "compile", "solve", "check")),
    }
    end = {"status": answer["status"], "violations": len(answer["violations"])}
    return [
        {**whole, "tier": t["name"], **{key: t[key] for key in ("value", "bound", "gap")}, **end}
        for t in answer["tiers"]
    ]


def main() -> None:
    """Solve the missions one after the other and record their tiers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("missions", nargs="*", default=list(TARGETS), help=", ".join(TARGETS))
    parser.add_argument("--time-limit", type=float, help="seconds for each mission, instead of its own")
    parser.add_argument("--gap", type=float, help="relative gap, instead of each mission's own")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rows = []
    for name in asked.missions:
        seconds, gap = TARGETS[name]
        rows += solved(name, asked.time_limit or seconds, asked.gap or gap, asked.seed)
    table = append("missions", rows)
    shown = table.loc[:, "mission":].drop(columns="seed")
    shown["gap"] = [f"{gap:.3%}" for gap in table["gap"].astype(float)]
    for name in ("value", "bound"):
        shown[name] = [f"{number:,.0f}" for number in table[name].astype(float)]
    shown["total_s"] = [f"{seconds:.1f}" for seconds in table["total_s"].astype(float)]
    text = (
        "# Real missions\n\n"
        f"{latest('missions', table)}, seed {asked.seed}. "
        "All rows ever measured: `missions.csv`.\n\n" + markdown(pd.DataFrame(shown))
    )
    (RESULTS / "missions.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
