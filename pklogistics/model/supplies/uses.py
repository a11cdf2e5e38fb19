"""Who could take which goods, and whom goods cannot reach.

Whoever hands out goods for an activity can serve nobody where some of them cannot come: a commodity that
every person takes, or any commodity that holds a required nutrient.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Bools
from pklogistics.model.sets import BLANK, grouped
from pklogistics.model.supplies.network import Network
from pklogistics.model.supplies.tables import Supplies

KEY = ["site", "activity", "cargo", "period"]
"""A *table* at which people are served: one basket is shared by all who sit at it."""


def lacking(supplies: Supplies, network: Network, come: Bools) -> pd.DataFrame:
    """Return what cannot come to needs: n, cargo, and the commodity or nutrient (or BLANK).

    A line for each need of an activity with goods, cargo class, and thing that it lacks.
    """
    needs = supplies.sets.needs
    wanting = needs[(needs["net"] > 0) & ~needs["force"] & supplies.takes_goods[needs["activity"]]]
    wanting = wanting[["site", "activity", "period"]].reset_index(names="n")
    wanting = wanting.merge(pd.DataFrame({"cargo": range(supplies.cargo_count)}), how="cross")
    takes = supplies.takes
    due = takes.loc[takes["least"] > 0, ["activity", "commodity"]]
    missed = _with_arrival(network, come, wanting.merge(due, on="activity"))
    missed = missed.loc[~missed["comes"], ["n", "cargo", "commodity"]].assign(nutrient=BLANK)
    return pd.concat([missed, _nutrients_lacking(supplies, network, come, wanting)], ignore_index=True)


def _nutrients_lacking(
    supplies: Supplies, network: Network, come: Bools, wanting: pd.DataFrame
) -> pd.DataFrame:
    """Return the required nutrients of which nothing that can come holds any."""
    required = supplies.requirements
    required = required.loc[required["least"] > 0, ["activity", "nutrient"]]
    # Of what can come to a site, people are given what their activity takes.
    holding = supplies.contents.merge(supplies.takes[["activity", "commodity"]], on="commodity")
    held = required.merge(holding, on=["activity", "nutrient"], how="left").fillna({"commodity": BLANK})
    held = held.astype({"commodity": np.int64}).drop(columns="content")
    lines = _with_arrival(network, come, wanting.merge(held, on="activity"))
    numbers, keys = grouped(lines, ["n", "cargo", "nutrient"])
    comes = np.bincount(numbers, weights=lines["comes"], minlength=len(keys)) > 0
    return keys[~comes].assign(commodity=BLANK)


def _with_arrival(network: Network, come: Bools, lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with ``comes``: whether the commodity can be at the site in the period."""
    node = network.use(lines["site"], lines["commodity"], lines["cargo"], lines["period"])
    return lines.assign(comes=np.append(come, False)[node])


def takers(supplies: Supplies, options: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of ``options`` that hand out goods: see `KEY`, net and served, and their table."""
    able = options[supplies.in_goods[options["h"]] & (options["limit"] > 0).to_numpy()]
    lines = able[["n", "organisation", "served"]].reset_index(drop=True)
    need = supplies.sets.needs.iloc[lines["n"]].reset_index(drop=True)
    for name in ("site", "activity", "period", "net"):
        lines[name] = need[name]
    lines["cargo"] = supplies.cargo_of[lines["organisation"]]
    lines["table"], _ = grouped(lines, KEY)
    return lines


def portions(supplies: Supplies, network: Network, come: Bools, people: pd.DataFrame) -> pd.DataFrame:
    """Return what can be on each table: `KEY`, net, commodity, least, most, exact, pair, node of use.

    What cannot come, and need not, is left out.
    """
    tables = people.drop_duplicates("table")[["table", *KEY, "net"]].sort_values("table")
    lines = tables.merge(supplies.takes, on="activity")
    node = network.use(lines["site"], lines["commodity"], lines["cargo"], lines["period"])
    lines = lines.assign(node=node, pair=network.index.pair(lines["site"], lines["commodity"]))
    return lines[np.append(come, False)[node]].reset_index(drop=True)
