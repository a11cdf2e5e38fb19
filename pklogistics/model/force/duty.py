"""Units on escort duty: drawn from the same pools as those stationed (S5, with T1 and T2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Ints
from pklogistics.model.sets import BLANK

FAMILY = "force"


def add_duty(assembly: Assembly) -> None:
    """Add whole units on escort duty, up to the last period in which anything could be sent under escort.

    In a period without anything to escort, units come and stay only where moving them costs or is limited.
    """
    goods = assembly.goods
    if goods is None or goods.sent.empty:
        return
    guarded = goods.of_route("escort", goods.sent["route"]).astype(bool)
    weighs = goods.tonnes(goods.sent) > 0
    busy = np.unique(goods.sent["period"].to_numpy(np.int64)[guarded & weighs])
    periods = np.arange(1, busy.max(initial=0) + 1)
    units = assembly.mission.frame("units")
    unit, at = (axis.ravel() for axis in np.indices((len(units), len(periods))))
    period = periods[at]
    able = (units["from"].to_numpy()[unit] <= period) & (period <= units["until"].to_numpy()[unit])
    able &= (units["escort_t"].to_numpy(float)[unit] > 0) & (units["available"].to_numpy()[unit] > 0)
    held_up = (units["deployment_cost"].to_numpy(float) > 0) | assembly.mission.has("movement")
    able &= np.isin(period, busy) | held_up[unit]
    frame = pd.DataFrame({"unit": unit[able], "period": period[able]})
    frame["limit"] = units["available"].to_numpy(float)[frame["unit"]]
    frame["on_escort"] = assembly.builder.columns(
        FAMILY, "on_escort", assembly.labelled(frame), upper=frame["limit"], integer=True
    )
    frame["arriving"] = BLANK
    cost = units["cost_per_period"].to_numpy(float)[frame["unit"]]
    assembly.charge("sustainment", frame, column="on_escort", rate=cost)
    assembly.escorts = frame


def add_duty_moves(assembly: Assembly, movement: pd.DataFrame) -> None:
    """Count units that take up escort duty as arriving, where that costs or is limited (T1).

    ``movement`` has the row of the movement limit in each limited period: period, row.
    """
    builder, frame = assembly.builder, assembly.escorts
    units = assembly.mission.frame("units")
    cost = units["deployment_cost"].to_numpy(float)[frame["unit"]]
    counted = (cost > 0) | frame["period"].isin(movement["period"]).to_numpy(bool)
    moving = frame[counted]
    labels = assembly.labelled(moving)
    whole = not assembly.sets.apart
    columns = builder.columns(FAMILY, "arriving_escort", labels, upper=moving["limit"], integer=whole)
    frame.loc[counted, "arriving"] = columns
    rows = builder.rows(FAMILY, "T1_escort", labels, lower=0)
    builder.entries(rows, columns, 1)
    builder.entries(rows, moving["on_escort"], -1)
    was = column_before(frame, moving)
    builder.entries(rows[was != BLANK], was[was != BLANK], 1)
    lines = moving.assign(arriving=columns).merge(movement, on="period")
    builder.entries(lines["row"], lines["arriving"], units["persons"].to_numpy(float)[lines["unit"]])
    assembly.charge("deployment", frame[counted], column="arriving", rate=cost[counted])


def column_before(frame: pd.DataFrame, moving: pd.DataFrame) -> Ints:
    """Return the column of the period before of each line of ``moving``, BLANK where there is none."""
    before = moving[["unit"]].assign(period=moving["period"] - 1)
    was = before.merge(frame[["unit", "period", "on_escort"]], how="left")["on_escort"]
    columns: Ints = was.fillna(BLANK).to_numpy(np.int64)
    return columns
