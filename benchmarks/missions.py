"""The real missions through the command line: value, bound and gap of every tier within a time limit.

python -m benchmarks.missions                       # unoci-2011 and untac-1992, 60 s each
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

from benchmarks.record import RESULTS, Row, append, markdown

ROOT = RESULTS.parent.parent


def solved(mission: str, time_limit: float, seed: int) -> list[Row]:
    """Solve a mission of ``instances/`` through the command line; return a row per tier."""
    with tempfile.TemporaryDirectory() as parent:
        command = [sys.executable, "-m", "pklogistics", "solve", str(ROOT / "instances" / mission)]
        command += ["--time-limit", str(time_limit), "--seed", str(seed), "--json"]
        command += ["-o", str(Path(parent) / "plan")]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    answer = json.loads(done.stdout)
    whole = {
        "mission": mission,
        "time_limit": time_limit,
        "seed": seed,
        "total_s": answer["seconds"]["total"],
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
    parser.add_argument("missions", nargs="*", default=["unoci-2011", "untac-1992"])
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each mission")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rows = [row for name in asked.missions for row in solved(name, asked.time_limit, asked.seed)]
    table = append("missions", rows)
    head = table.iloc[0]
    shown = table.loc[:, "mission":].drop(columns="seed")
    shown["gap"] = [f"{gap:.3%}" for gap in table["gap"].astype(float)]
    for name in ("value", "bound"):
        shown[name] = [f"{number:,.0f}" for number in table[name].astype(float)]
    shown["total_s"] = [f"{seconds:.1f}" for seconds in table["total_s"].astype(float)]
    text = (
        "# Real missions\n\n"
        f"Latest run of `python -m benchmarks.missions`: {head['date']} UTC, commit {head['commit']}, "
        f"{head['cpus']} cores, Python {head['python']}, OR-Tools {head['ortools']}, seed {asked.seed}. "
        "All rows ever measured: `missions.csv`.\n\n" + markdown(pd.DataFrame(shown))
    )
    (RESULTS / "missions.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
