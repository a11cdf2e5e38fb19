"""Generated missions of growing size through the command line: by prices of what sites share, and whole.

python -m benchmarks.scale                                    # 200, 400 and 2,000 sites, 60 s each
python -m benchmarks.scale --sites 20000 --time-limit 300 --strategies decomposition
python -m benchmarks.scale --sites 500 --periods 12 --time-limit 180 --strategies decomposition
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.missions import solved
from benchmarks.record import RESULTS, Row, append, latest, markdown
from pklogistics.instance import write
from pklogistics.instance.generate import generate

SHOWN = ["sites", "periods", "strategy", "seed", "time_limit", "tier", "value", "bound", "gap"]
SHOWN += ["total_s", "violations"]


def measured(sites: int, periods: int, strategy: str, seed: int, time_limit: float) -> list[Row]:
    """Return a row per tier of one generated mission, solved by one strategy; supplies are part of it."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "mission"
        write(generate(sites, seed, periods=periods, commodities=6, depots=4), folder)
        rows = solved(str(folder), time_limit, 1e-3, 0, "--strategy", strategy)
    what: Row = {
        "mission": "generated",
        "sites": sites,
        "periods": periods,
        "strategy": strategy,
        "seed": seed,
    }
    return [{**row, **what} for row in rows]


def main() -> None:
    """Solve each size by each strategy and record the tiers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, nargs="*", default=[200, 400, 2000])
    parser.add_argument("--periods", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    parser.add_argument("--strategies", nargs="*", default=["decomposition", "exact"])
    parser.add_argument("--time-limit", type=float, default=60.0)
    asked = parser.parse_args()
    rows: list[Row] = []
    for sites in asked.sites:
        for seed in asked.seeds:
            for strategy in asked.strategies:
                rows += measured(sites, asked.periods, strategy, seed, asked.time_limit)
    table = append("scale", rows)
    shown = table[SHOWN].round({"total_s": 1})
    shown["gap"] = [f"{gap:.2%}" for gap in table["gap"].astype(float)]
    for name in ("value", "bound"):
        shown[name] = [f"{number:,.0f}" for number in table[name].astype(float)]
    text = f"# Scale\n\n{latest('scale', table)}. All rows ever measured: `scale.csv`.\n\n" + markdown(shown)
    (RESULTS / "scale.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
