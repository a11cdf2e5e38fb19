"""Settle what a solver found of goods: dust is swept up, and what follows from flows is derived from them.

Flows keep the solver's values, which balance to its tolerance once everything whole is fixed; taking out
what is worth less than a millionth of a person's ration changes no balance by more than that.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.capacity import running_of
from pklogistics.model.supplies.goods import Goods
from pklogistics.model.supplies.pledges import take_what_fits
from pklogistics.model.supplies.vehicles import carried

LEAST_RATION = 1e-6
"""Less than this share of a person's ration is a solver's rounding, not goods."""


def settle_goods(goods: Goods, x: Floats, *, paid: bool, may_expire: bool) -> None:
    """Settle the columns of goods in place.

    ``paid`` says whether funds pay for openings, ``may_expire`` whether it matters to no tier that goods do.
    """
    _sweep(goods, x)
    _cancel_returns(goods, x)
    _close(goods, x)
    _settle_running(goods, x, paid)
    _settle_roads(goods, x, paid)
    take_what_fits(goods, x, may_expire)
    if len(goods.driven):
        lines = carried(goods, x)
        x[goods.driven["driven"].to_numpy(np.int64)] = 0.0
        chosen = lines[lines["driven"] != BLANK]
        x[chosen["driven"].to_numpy(np.int64)] = chosen["loads"]


def flows(goods: Goods) -> list[tuple[pd.DataFrame, str]]:
    """Return the tables of quantities with the name of their column."""
    chosen = goods.portions[goods.portions["portion"] != BLANK]
    named = ((goods.bought, "bought"), (goods.taken, "taken"), (goods.sent, "sent"), (goods.given, "given"))
    return [*named, (goods.on_hand, "on_hand"), (goods.expired, "expired"), (chosen, "portion")]


def _sweep(goods: Goods, x: Floats) -> None:
    ration = goods.supplies.commodities["ration"].to_numpy(float)
    for frame, name in flows(goods):
        columns = frame[name].to_numpy(np.int64)
        dust = x[columns] < LEAST_RATION * ration[frame["commodity"].to_numpy(np.int64)]
        x[columns[dust]] = 0.0


def _cancel_returns(goods: Goods, x: Floats) -> None:
    """Cancel what goes to and fro between two depots within a period, where that costs nothing."""
    sent = goods.sent[["tail", "head", "sent"]]
    sent = sent[x[sent["sent"]] > 0]
    back = sent.rename(columns={"tail": "head", "head": "tail", "sent": "back"})
    both = sent.merge(back, on=["tail", "head"])
    least = np.minimum(x[both["sent"]], x[both["back"]])
    # Each pair is met twice, once from either end; where several routes join two depots each is met once.
    once = ~both.duplicated("sent").to_numpy() & ~both.duplicated("back").to_numpy()
    x[both["sent"][once]] -= least[once]


def _doors(goods: Goods) -> list[tuple[Ints, Ints]]:
    """Return the columns of goods and of the depot in use that each needs, by table."""
    places = [
        (goods.bought, "bought", "depot", "period"),
        (goods.taken, "taken", "depot", "period"),
        (goods.sent, "sent", "origin", "period"),
        (goods.sent, "sent", "destination", "arrives"),
        (goods.on_hand, "on_hand", "place", "period"),
    ]
    found = []
    for frame, name, place, period in places:
        door = running_of(goods, frame[place], frame[period])
        found.append((frame[name].to_numpy(np.int64)[door != BLANK], door[door != BLANK]))
    return found


def _close(goods: Goods, x: Floats) -> None:
    """Let nothing through depots and routes that are closed."""
    for columns, door in _doors(goods):
        x[columns[x[door] < 0.5]] = 0.0
    sent = _on_roads(goods)
    x[sent["sent"][x[sent["open"]] < 0.5]] = 0.0


def _on_roads(goods: Goods) -> pd.DataFrame:
    lines: pd.DataFrame = goods.sent.merge(goods.roads[["route", "period", "open"]], on=["route", "period"])
    return lines


def _settle_running(goods: Goods, x: Floats, paid: bool) -> None:
    """Keep a depot in use exactly where goods are, and open it once, no later than that (S4)."""
    frame = goods.running
    used = np.zeros(len(x), dtype=bool)
    for columns, door in _doors(goods):
        used[door[x[columns] > 0]] = True
    x[frame["running"]] = used[frame["running"]].astype(float)
    _settle_opened(frame, "depot", used[frame["running"]], x, paid)


def _settle_roads(goods: Goods, x: Floats, paid: bool) -> None:
    frame, sent = goods.roads, _on_roads(goods)
    used = np.zeros(len(x), dtype=bool)
    used[sent["open"][x[sent["sent"]] > 0]] = True
    x[frame["open"]] = used[frame["open"]].astype(float)
    _settle_opened(frame, "route", used[frame["open"]], x, paid)


def _settle_opened(frame: pd.DataFrame, key: str, used: Bools, x: Floats, paid: bool) -> None:
    """Open what is ever used; in the period chosen if funds pay, which may end before the first use."""
    costly = (frame["opened"] != BLANK).to_numpy()
    columns = frame["opened"].to_numpy(np.int64)
    first = frame["period"].where(used).groupby(frame[key]).transform("min")
    chosen = np.append(x, 0.0)[columns] > 0.5
    when = frame["period"].where(chosen & costly).groupby(frame[key]).transform("min")
    period = when.fillna(first) if paid else first
    opens = costly & first.notna().to_numpy() & (frame["period"] == period).to_numpy()
    x[columns[costly]] = opens[costly].astype(float)
