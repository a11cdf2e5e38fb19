"""Where goods can come at all: which options that leaves (S2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.instance.supplies import FAMILY as TABLES
from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Bools
from pklogistics.model.supplies.flow import network_and_arrivals
from pklogistics.model.supplies.tables import Supplies


def add_network(assembly: Assembly) -> None:
    """Find where goods can come, if the mission has any table of the family."""
    if any(assembly.mission.has(name) for name in TABLES):
        supplies = Supplies(assembly.sets)
        assembly.goods = network_and_arrivals(supplies, _guarded(supplies))


def _guarded(supplies: Supplies) -> Bools:
    """Say in which periods 1..T there are units that could escort goods."""
    units = supplies.sets.mission.frame("units")
    able = units[(units["escort_t"] > 0) & (units["available"] > 0)]
    periods = supplies.sets.periods[:, None]
    inside = (able["from"].to_numpy() <= periods) & (periods <= able["until"].to_numpy())
    return np.asarray(inside.any(axis=1), dtype=bool)


def with_goods(assembly: Assembly, options: pd.DataFrame) -> pd.DataFrame:
    """Return the options, with limit 0 for those that hand out goods which cannot come.

    They stay options, because a presence may be agreed where nobody can be served.
    """
    goods = assembly.goods
    if goods is None:
        return options
    supplies = goods.supplies
    cargo = supplies.cargo_of[options["organisation"]]
    key = options["n"].to_numpy() * supplies.cargo_count + cargo
    missed = goods.lacking["n"].to_numpy() * supplies.cargo_count + goods.lacking["cargo"].to_numpy()
    barred = supplies.in_goods[options["h"]] & np.isin(key, missed)
    return options.assign(limit=options["limit"].where(~barred, 0.0))
