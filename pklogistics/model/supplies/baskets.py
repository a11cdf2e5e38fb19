"""What people get is what is given to them: recipes, and baskets chosen by nutrients (S2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.goods import FAMILY, Goods

TABLE_KEYS = ["site", "activity", "cargo", "period"]


def add_baskets(assembly: Assembly) -> None:
    """Add what is given to people, and that it is what they take."""
    goods = assembly.goods
    if goods is None:
        return
    builder, portions = assembly.builder, goods.portions
    exact = portions[portions["exact"]]
    lines = goods.people[["table", "served"]].merge(exact[["table", "node", "least"]], on="table")
    builder.entries(goods.rows[lines["node"]], lines["served"], -lines["least"])
    portions["portion"] = BLANK
    chosen = portions[~portions["exact"]]
    place = chosen["site"] + goods.supplies.depot_count
    labels = assembly.labelled(chosen[[*TABLE_KEYS, "commodity"]])
    columns = builder.columns(
        FAMILY,
        "portion",
        labels,
        upper=goods.useful(place, chosen["commodity"], chosen["period"]),
        block=chosen["site"],
    )
    portions.loc[chosen.index, "portion"] = columns
    builder.entries(goods.rows[chosen["node"]], columns, -1)
    _add_amounts(assembly, goods, portions.loc[chosen.index])
    if len(goods.supplies.requirements):
        _add_nutrients(assembly, goods)


def _add_amounts(assembly: Assembly, goods: Goods, chosen: pd.DataFrame) -> None:
    """Add the least and the most of a commodity that a recipe leaves to each person."""
    if chosen.empty:
        return
    labels = assembly.labelled(chosen[[*TABLE_KEYS, "commodity"]])
    for name, sides, bounded in (
        ("least", {"lower": 0.0}, (chosen["least"] > 0).to_numpy()),
        ("most", {"upper": 0.0}, np.ones(len(chosen), dtype=bool)),
    ):
        bound = chosen[bounded]
        rows = assembly.builder.rows(FAMILY, f"S2_{name}", labels[bounded], **sides)
        assembly.builder.entries(rows, bound["portion"])
        lines = goods.people.merge(bound[["table", name]].assign(row=rows), on="table")
        assembly.builder.entries(lines["row"], lines["served"], -lines[name])


def _add_nutrients(assembly: Assembly, goods: Goods) -> None:
    """Add that a basket holds enough of each nutrient, and not too much."""
    supplies, people, portions = goods.supplies, goods.people, goods.portions
    tables = people.drop_duplicates("table").sort_values("table")[["table", *TABLE_KEYS]]
    required = tables.merge(supplies.requirements, on="activity")
    held = portions.merge(supplies.contents, on="commodity")[
        ["table", "nutrient", "content", "least", "exact", "portion"]
    ]
    for name, sides, bounded in (
        ("least", {"lower": 0.0}, required["least"] > 0),
        ("most", {"upper": 0.0}, np.isfinite(required["most"])),
    ):
        bound = required[bounded]
        nutrient = supplies.nutrients[bound["nutrient"].to_numpy(np.int64)]
        labels = assembly.labelled(bound[TABLE_KEYS]).assign(nutrient=nutrient)
        rows = assembly.builder.rows(FAMILY, f"S2_nutrient_{name}", labels, **sides)
        bound = bound[["table", "nutrient"]].assign(row=rows, bound=bound[name])
        taken = people[["table", "served"]].merge(bound, on="table")
        assembly.builder.entries(taken["row"], taken["served"], -taken["bound"])
        lines = held.merge(bound, on=["table", "nutrient"])
        free = lines[~lines["exact"]]
        assembly.builder.entries(free["row"], free["portion"], free["content"])
        fixed = lines[lines["exact"]].merge(people[["table", "served"]], on="table")
        assembly.builder.entries(fixed["row"], fixed["served"], fixed["content"] * fixed["least"])
