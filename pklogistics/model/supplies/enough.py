"""What can enter depots at most, and that enough of them are in use for all who are served (S4).

Whatever people are given leaves some depot on its last mile, and no more of a commodity leaves a depot than
was there at first and was taken in. Summed over all depots and periods

    sum per_person * served <= sum_{d,t} O[d,t] running[d,t] + what leaves depots that are always in use
    O[d,t] = stock (in period 1) + min(what can be bought, is pledged or comes by route, throughput / w)

This follows from S1, S2 and S4, so it holds for every plan, and the relaxation knows it already. But it is
one row with few large coefficients: where all must be served, a solver sees at once how many depots that
takes, which it would have to gather from the balances of all depots and sites. There is a row for each
commodity; none where every depot that sends it to sites is always in use, or one may take in what it likes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Bools, Floats
from pklogistics.model.sets import BLANK, grouped
from pklogistics.model.supplies.capacity import running_of
from pklogistics.model.supplies.goods import FAMILY, Goods
from pklogistics.model.supplies.tables import STOCK

INTAKE = ["depot", "commodity", "period"]


def intake(goods: Goods) -> pd.DataFrame:
    """Return what can enter depots but for routes: depot, commodity, period, stock and more (units)."""
    entries = pd.concat([goods.bought, goods.taken], ignore_index=True).drop_duplicates("entry")
    is_stock = (entries["source"] == STOCK).to_numpy(bool)
    quantity = entries["quantity"].to_numpy(float)
    numbers, keys = grouped(entries, INTAKE)
    for name, amount in (
        ("stock", np.where(is_stock, quantity, 0.0)),
        ("more", np.where(is_stock, 0.0, quantity)),
    ):
        keys[name] = np.bincount(numbers, weights=amount, minlength=len(keys))
    return keys


def add_enough(assembly: Assembly, goods: Goods) -> None:
    """Add that depots in use hold enough for those who are served."""
    leaving = _leaving(goods)
    leaving["running"] = running_of(goods, leaving["depot"], leaving["period"])
    decided = (leaving["running"] != BLANK).to_numpy()
    of = leaving.groupby("commodity")
    limited = of["amount"].transform("max").lt(np.inf).to_numpy() & _any(decided, leaving)
    leaving, decided = leaving[limited], decided[limited]
    numbers, keys = grouped(leaving, ["commodity"])
    always = np.bincount(numbers[~decided], weights=leaving["amount"][~decided], minlength=len(keys))
    rows = assembly.builder.rows(FAMILY, "S4_enough", assembly.labelled(keys), upper=always)
    assembly.builder.entries(rows[numbers[decided]], leaving["running"][decided], -leaving["amount"][decided])
    row = pd.Series(rows, index=keys["commodity"].to_numpy(np.int64), dtype="int64")
    given = goods.portions[goods.portions["commodity"].isin(row.index)]
    chosen = given[given["portion"] != BLANK]
    assembly.builder.entries(row.reindex(chosen["commodity"]).to_numpy(np.int64), chosen["portion"])
    exact = given.loc[given["portion"] == BLANK, ["table", "commodity", "least"]]
    lines = goods.people[["table", "served"]].merge(exact, on="table")
    assembly.builder.entries(
        row.reindex(lines["commodity"]).to_numpy(np.int64), lines["served"], lines["least"]
    )


def _any(decided: Bools, leaving: pd.DataFrame) -> Bools:
    """Say of each line whether its commodity leaves any depot that may be out of use."""
    found = pd.Series(decided, index=leaving.index).groupby(leaving["commodity"]).transform("any")
    return np.asarray(found, dtype=bool)


def _leaving(goods: Goods) -> pd.DataFrame:
    """Return what can leave depots for sites at most: depot, commodity, period of entry, amount (units)."""
    sent, depots = goods.sent, goods.supplies.depot_count
    out = sent.loc[sent["destination"] >= depots, ["origin", "commodity"]].drop_duplicates()
    out = out.rename(columns={"origin": "depot"}).astype(np.int64)
    coming = sent.loc[sent["destination"] < depots, ["destination", "commodity", "arrives"]].drop_duplicates()
    coming = coming.set_axis(INTAKE, axis=1).astype(np.int64).assign(stock=0.0, more=np.inf)
    both = pd.concat([intake(goods), coming], ignore_index=True)
    total = both.groupby(INTAKE, as_index=False)[["stock", "more"]].sum()
    frame = total.merge(out, on=["depot", "commodity"])
    frame["amount"] = frame["stock"] + np.minimum(frame["more"], _throughput(goods, frame))
    return frame


def _throughput(goods: Goods, frame: pd.DataFrame) -> Floats:
    """Return the most units of each line's commodity that its depot takes in in a period."""
    limit = goods.supplies.depots["throughput_t"].to_numpy(float)[frame["depot"].to_numpy(np.int64)]
    weight = goods.tonnes(frame)
    units: Floats = np.divide(limit, weight, out=np.full(len(frame), np.inf), where=weight > 0)
    return units
