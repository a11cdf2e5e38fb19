"""Armed escort: what is sent under it weighs no more than the units on that duty can escort (S5)."""

from __future__ import annotations

import numpy as np

from pklogistics.model.assembly import Assembly
from pklogistics.model.sets import grouped
from pklogistics.model.supplies.goods import FAMILY


def add_escort(assembly: Assembly) -> None:
    """Add that what is sent under escort in a period is escorted."""
    goods = assembly.goods
    if goods is None:
        return
    builder, sent = assembly.builder, goods.sent
    guarded = goods.of_route("escort", sent["route"]).astype(bool)
    each = goods.tonnes(sent)
    lines = sent[["period", "sent"]].assign(each=each)[guarded & (each > 0)]
    numbers, keys = grouped(lines, ["period"])
    rows = builder.rows(FAMILY, "S5", keys, upper=0)
    builder.entries(rows[numbers], lines["sent"], lines["each"])
    duty = assembly.escorts.merge(keys.assign(row=rows), on="period")
    escorted = assembly.mission.frame("units")["escort_t"].to_numpy(float)
    builder.entries(duty["row"], duty["on_escort"], -escorted[duty["unit"].to_numpy(np.int64)])
