"""Reasons of every shortfall, and ten of them put to the test, on real and generated missions.

python -m benchmarks.explain                          # unoci-2011, minustah-2010 and 2,000 generated sites
python -m benchmarks.explain unoci-2011 --seed 7      # ten others
python -m benchmarks.explain --sites 500
"""

from __future__ import annotations

import argparse
import time

import pandas as pd

import pklogistics
from benchmarks.record import RESULTS, Row, append, latest, markdown
from pklogistics.explain.shortfalls.trial import drawn, served_when_relaxed
from pklogistics.explain.thumb import rule_of_thumb
from pklogistics.instance import Mission
from pklogistics.instance.generate import generate

ROOT = RESULTS.parent.parent
TIME_LIMIT = 60.0
DRAWN = 10


def explained(name: str, mission: Mission, time_limit: float, seed: int) -> Row:
    """Solve a mission, explain its plan, relax the rows of ten shortfalls; return the row of the table."""
    plan = pklogistics.solve(mission, time_limit=time_limit)
    found = pklogistics.explain(mission, plan)
    began = time.perf_counter()
    thumb = rule_of_thumb(mission)
    thumb_seconds = time.perf_counter() - began
    lines = found.shortfalls
    tried = drawn(lines, DRAWN, seed)
    served = [
        served_when_relaxed(mission, plan, lines.iloc[at], found.limits[found.limits["shortfall"] == at])
        for at in tried
    ]
    return {
        "mission": name,
        "seed": seed,
        "solve_s": plan.seconds["total"],
        "explain_s": found.seconds["total"],
        "thumb_s": thumb_seconds,
        "shortfalls": len(lines),
        "told": int((lines["kind"] != "untold").sum()),
        "proven": int(lines["proven"].sum()),
        "rearranged": int((lines["kind"] == "rearrangement").sum()),
        "open": int((lines["kind"] == "open").sum()),
        "drawn": len(tried),
        "shrunk": sum(people > 0 for people in served),
        "need": float(plan.tables["shortfalls"]["weighted"].sum()),
        "need_thumb": float(thumb.tables["shortfalls"]["weighted"].sum()) if thumb.found else float("nan"),
        "thumb_violations": len(thumb.violations or ()),
    }


def main() -> None:
    """Explain the missions one after the other and record what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("missions", nargs="*", help="names in instances/; left out: two, and a generated one")
    parser.add_argument("--sites", type=int, default=2000, help="sites of the generated mission, 0 for none")
    parser.add_argument("--time-limit", type=float, default=TIME_LIMIT, help="seconds for each solve")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    asked = parser.parse_args()
    names = asked.missions or ["unoci-2011", "minustah-2010"]
    missions = {name: pklogistics.read(ROOT / "instances" / name) for name in names}
    if asked.sites and not asked.missions:
        missions[f"generated-{asked.sites}"] = generate(asked.sites, seed=1)
    rows = [explained(name, mission, asked.time_limit, asked.seed) for name, mission in missions.items()]
    table = append("explain", rows)
    shown = table.loc[:, "mission":]
    for name in ("solve_s", "explain_s", "thumb_s"):
        shown[name] = [f"{seconds:.1f}" for seconds in table[name].astype(float)]
    for name in ("need", "need_thumb"):
        shown[name] = [f"{need:,.0f}" for need in table[name].astype(float)]
    text = (
        "# Reasons of shortfalls\n\n"
        f"{latest('explain', table)}, "
        f"{asked.time_limit:.0f} s a solve. `open`: nothing stands in the way, the search ended too early; "
        "`drawn` shortfalls were drawn at random, `shrunk` of them were smaller once just their rows were "
        "relaxed. All rows ever measured: `explain.csv`.\n\n" + markdown(pd.DataFrame(shown))
    )
    (RESULTS / "explain.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
