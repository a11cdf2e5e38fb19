"""Safety stock: what should be on hand at the end of periods, elastic (S1)."""

from __future__ import annotations

from pklogistics.model.assembly import Assembly
from pklogistics.model.supplies.flow import target_nodes
from pklogistics.model.supplies.goods import FAMILY


def add_targets(assembly: Assembly) -> None:
    """Add stock targets; what is missing counts in people, each with the ration of the commodity."""
    goods = assembly.goods
    if goods is None or goods.supplies.targets.empty:
        return
    builder, targets = assembly.builder, goods.supplies.targets
    ration = goods.supplies.commodities["ration"].to_numpy(float)[targets["commodity"]]
    keys = targets[["depot", "commodity", "period"]]
    broken = assembly.break_column(FAMILY, "S1", keys, weight=1 / ration, upper=targets["min_quantity"])
    rows = builder.rows(FAMILY, "S1_target", assembly.labelled(keys), lower=targets["min_quantity"])
    builder.entries(rows, broken)
    counted = target_nodes(goods).merge(goods.on_hand[["node", "on_hand"]], on="node")
    builder.entries(rows[counted["target"]], counted["on_hand"])
