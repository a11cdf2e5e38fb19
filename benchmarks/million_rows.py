"""How long a million-row needs table takes to read and validate, and how much memory.

50,000 sites x 5 activities x 4 periods. The folder is read twice, in processes of its own: once as it
is, and once with a thousand wrong cells, because wording problems must not be slow either.

    python -m benchmarks.million_rows
"""

from __future__ import annotations

import argparse
import json
import tempfile
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.record import RESULTS, Phases, append, in_own_process, markdown

SITES, ACTIVITIES, PERIODS = 50_000, 5, 4


def write_folder(folder: Path, *, wrong: int) -> None:
    """Write a mission of a million needs; ``wrong`` of them are negative or misspell their activity."""
    from pklogistics import write
    from pklogistics.instance.generate import generate

    mission = generate(SITES, periods=PERIODS, activities=ACTIVITIES)
    write(mission, folder)
    sites, activities = mission.frame("sites")["site"], mission.frame("activities")["activity"]
    people = 1 + np.arange(SITES * ACTIVITIES * PERIODS) % 4_000
    needs = pd.DataFrame(
        {
            "site": np.repeat(sites.to_numpy(), ACTIVITIES * PERIODS),
            "activity": np.tile(np.repeat(activities.to_numpy(), PERIODS), SITES),
            "period": np.tile(np.arange(1, PERIODS + 1), SITES * ACTIVITIES),
            "people": people,
            "severity": 1 + people % 5,
        }
    )
    at = np.linspace(0, len(needs) - 1, wrong).astype(int)
    needs.loc[at[::2], "people"] = -5
    needs.loc[at[1::2], "activity"] = "food_distributoin"
    needs.to_csv(folder / "needs.csv", index=False)
    assert tomllib.loads((folder / "mission.toml").read_text())["periods"] == PERIODS


def measure(folder: Path) -> dict[str, object]:
    """Read the folder and return seconds, peak memory, and how many problems were found."""
    from pklogistics import MissionError, read

    phases = Phases()
    problems = 0
    with phases.phase("read"):
        try:
            rows = len(read(folder).tables["needs"])
        except MissionError as error:
            problems, rows = len(error.problems), SITES * ACTIVITIES * PERIODS
    return {"rows": rows, "problems": problems, **phases.row}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure)))
        return
    rows = []
    for case, wrong in (("valid", 0), ("a thousand wrong cells", 1_000)):
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / "mission"
            write_folder(folder, wrong=wrong)
            rows.append({"case": case, **in_own_process(__spec__.name, ["--measure", str(folder)])})
    table = append("million_rows", rows)
    text = f"# A million needs, read and validated\n\n{__doc__.split(chr(10) * 2)[1]}\n\n{markdown(table)}"
    (RESULTS / "million_rows.md").write_text(text, encoding="utf-8")
    print(markdown(table))


if __name__ == "__main__":
    main()
