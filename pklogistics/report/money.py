"""Where money comes from and goes to: from donor to organisation to sector."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from pklogistics.instance.mission import Mission
from pklogistics.plan import Plan
from pklogistics.report import figures
from pklogistics.report.naming import named, renamed

MOST_NODES = 14
"""Of donors, organisations or sectors, each; the others are one."""

_PURPOSE = {
    "procurement": "goods and their transport",
    "transport": "goods and their transport",
    "depot": "goods and their transport",
    "route": "goods and their transport",
    "deployment": "posts and escorts",
    "sustainment": "posts and escorts",
    "mobilisation": "offices and set-up",
    "base": "offices and set-up",
}
"""What costs without a sector are for, by kind of cost."""


def money_paths(mission: Mission, plan: Plan) -> pd.DataFrame:
    """Return the amounts by donor, payee (organisation, or the force) and purpose, the largest first.

    The purpose is the sector where a cost line has one, else what its kind of cost is for. A donor is told
    by the name of the fund where it has none; without funds it is "".
    """
    shown = named(mission, plan)
    funds = shown.tables["funds"]
    lines = shown.tables["payments"]
    if lines.empty:
        lines = shown.tables["costs"].assign(fund="")
    donors = funds["donor"].where(funds["donor"] != "", funds["fund"])
    donor = renamed(lines["fund"], dict(zip(funds["fund"], donors, strict=True)))
    purpose = renamed(lines["kind_of_cost"], _PURPOSE)
    paths = pd.DataFrame(
        {"donor": donor, "payee": figures.payee(lines), "purpose": lines["sector"], "amount": lines["amount"]}
    )
    paths["purpose"] = paths["purpose"].where(paths["purpose"] != "", purpose)
    sums = paths.groupby(["donor", "payee", "purpose"], sort=False)["amount"].sum().reset_index()
    return sums[sums["amount"] > 0].sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def money_flows(mission: Mission, plan: Plan) -> dict[str, Any]:
    """Return nodes (name, level) and links (from, to, amount) of the paths; smaller ones taken together."""
    paths = money_paths(mission, plan)
    levels = [name for name in ("donor", "payee", "purpose") if (paths[name] != "").any()]
    for name in levels:
        paths[name] = _largest(paths, name)
    nodes: dict[tuple[int, str], int] = {}
    for depth, name in enumerate(levels):
        nodes |= {(depth, label): len(nodes) + n for n, label in enumerate(paths[name].unique())}
    links = []
    for depth, (source, target) in enumerate(pairwise(levels)):
        sums = paths.groupby([source, target], sort=False)["amount"].sum().reset_index()
        links += [
            [nodes[depth, a], nodes[depth + 1, b], round(amount, 2)]
            for a, b, amount in sums.itertuples(index=False)
        ]
    return {"nodes": [[label, depth] for depth, label in nodes], "links": links}


def _largest(paths: pd.DataFrame, name: str) -> pd.Series:
    """Return a column with all but its largest labels replaced by how many they are."""
    sums = paths.groupby(name, sort=False)["amount"].sum().sort_values(ascending=False, kind="stable")
    if len(sums) <= MOST_NODES:
        return paths[name]
    kept = sums.index[: MOST_NODES - 1]
    return paths[name].where(paths[name].isin(kept), f"{len(sums) - len(kept):,} others")
