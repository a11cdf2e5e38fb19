"""The places in a program that say what stands in the tables: their labels, kind by kind.

A place is a row of the program, or a column whose upper bound is the limit: they are numbered behind rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from pklogistics.explain.limits.capacity import option_capacity, presence_capacity
from pklogistics.explain.limits.kinds import BY_NAME, KINDS, Kind
from pklogistics.instance.mission import Mission
from pklogistics.instance.schema import TABLES
from pklogistics.model.build import Model
from pklogistics.model.program import Bools, Floats, Group, Ints
from pklogistics.model.sets import BLANK

Rows = tuple[int, ...]
"""Positions of rows of a table."""

EMPTY: Ints = np.zeros(0, dtype=np.int64)
"""No limits, or no columns."""

LABELS = (
    *("fund", "account", "organisation", "unit", "activity", "sector", "site", "region", "depot", "place"),
    *("origin", "destination", "mode", "vehicle", "commodity", "group", "row", "period"),
)
"""Labels that a limit may have, in the words of the tables."""

_NUMBERS = ("account", "row", "period")

BLANKS = pd.Series({name: 0 if name in _NUMBERS else "" for name in LABELS}, dtype=object)
"""Labels of nothing."""


def places_of(model: Model, refused: Bools, said: Floats) -> Iterator[tuple[Kind, pd.DataFrame]]:
    """Yield the labels of the places of each kind, by place, and write what columns are said to be at most.

    Consent that is refused speaks before what else a column's bound says.
    """
    count = model.program.rows
    for kind in KINDS:
        for group in model.program.row_groups:
            if group.name in kind.rows and len(group.keys):
                yield kind, _labels(model, kind, group)
    for name, keys, most in (*_free_options(model, refused), *_for_sale(model)):
        columns = keys.index.to_numpy(np.int64)
        said[columns] = most
        yield BY_NAME[name], _labelled(keys, columns + count).assign(rows=keys["rows"].to_numpy())
    keys = _of_refused(model, refused)
    said[keys.index] = 0.0
    yield BY_NAME["refused"], _labelled(keys, keys.index.to_numpy(np.int64) + count)


def _labels(model: Model, kind: Kind, group: Group) -> pd.DataFrame:
    """Return the labels of a group's rows, by row of the program; rows that are no limit are left out."""
    result = _labelled(group.keys, group.index)
    if kind.name == "stock":
        depots = model.assembly.sets.names.labels["depot"]
        result["depot"] = result["place"]
        # Stock of any age is one limit for a depot and a commodity.
        stocked = result["place"].isin(depots) & _at_start(model, group.keys)
        result = result[stocked].assign(place="", period=0)
    elif kind.name == "max_people":
        result["rows"] = column_of(_capabilities(model, group))
        result = result[_limited(model, group)]
    elif kind.name == "supply":
        bought = _bought(model)
        of_group = bought[bought.duplicated("entry", keep=False)].drop_duplicates("entry")
        rows = column_of(_offers(model, of_group))
        result = result.assign(period=of_group["ordered"].to_numpy(np.int64), rows=rows)
    return result


def _labelled(keys: pd.DataFrame, places: Ints) -> pd.DataFrame:
    """Return labels by place, from keys in the same order; "" or 0 where a line does not have one."""
    return pd.DataFrame({name: _column(keys, name) for name in LABELS}, index=pd.Index(places))


def _at_start(model: Model, keys: pd.DataFrame) -> np.ndarray:
    """Say in which rows of balance more stock at the start could be counted.

    In the first of their goods (the same, of one expiry, at a place), if it lasts as long as they do.
    """
    goods = model.assembly.goods
    assert goods is not None, "there are rows of balance"
    of_lot = keys.groupby(["place", "commodity", "cargo", "expires"], dropna=False, observed=True)["period"]
    names = model.assembly.sets.names.labels["commodity"]
    life = pd.Series(goods.supplies.commodities["life"].to_numpy(float), index=pd.Index(names))
    lasting = keys["commodity"].astype(object).map(life) >= keys["expires"].astype(float).fillna(np.inf)
    return np.asarray((keys["period"] == of_lot.transform("min")) & lasting)


def _column(keys: pd.DataFrame, name: str) -> np.ndarray | str | int:
    """Return a column of labels, blank where a line or the group does not have it."""
    blank: str | int = 0 if name in _NUMBERS else ""
    if name not in keys:
        return blank
    values = keys[name].astype(object)
    return np.asarray(values.where(values.notna(), blank), dtype=object)


def _limited(model: Model, group: Group) -> np.ndarray:
    """Say which rows of presence are narrower than the need because ``max_people`` says so."""
    if group.name != "C1":
        return np.ones(len(group.keys), dtype=bool)
    presence, able = model.assembly.presence, presence_capacity(model)
    narrow = able < presence["net"].to_numpy(float) * (1 - 1e-9)
    return np.asarray(narrow & (able > 0), dtype=bool)


def _capabilities(model: Model, group: Group) -> list[Rows]:
    """Return the rows of capabilities whose ``max_people`` says each row of presence."""
    options, keys = model.assembly.options, ["organisation", "activity", "site", "period"]
    limited = model.assembly.sets.capabilities["max_people"].notna().to_numpy()[options["h"]]
    tied = options[(options["presence"] != BLANK).to_numpy() & limited]
    said = {int(str(at)): tuple(sorted(rows)) for at, rows in tied.groupby("presence")["h"]}
    presence = model.assembly.labelled(model.assembly.presence.iloc[list(said)])
    of_presence = presence[keys].assign(rows=column_of(said.values()))
    found = group.keys[keys].merge(of_presence, on=keys, how="left")["rows"]
    return [rows if isinstance(rows, tuple) else () for rows in found]


Bound = tuple[str, pd.DataFrame, Floats]
"""A kind, the labels of columns that it bounds by their index, and what it says they are at most."""


def _free_options(model: Model, refused: Bools) -> Iterator[Bound]:
    """Yield the options without a presence that ``max_people`` limits; those of refusals are told as such."""
    options = model.assembly.options
    able, net = option_capacity(model), model.assembly.sets.needs["net"].to_numpy(float)[options["n"]]
    narrow = (options["presence"] == BLANK).to_numpy() & (able < net) & (able > 0)
    narrow &= ~refused[options["served"].to_numpy(np.int64)]
    chosen = options[narrow]
    keys = model.assembly.labelled(chosen[["organisation", "activity", "site", "period"]])
    keys.index = pd.Index(chosen["served"].to_numpy(np.int64))
    yield "max_people", keys.assign(rows=column_of((int(h),) for h in chosen["h"])), able[narrow]


def _for_sale(model: Model) -> Iterator[Bound]:
    """Yield the purchases of which no more than so much is for sale."""
    if model.assembly.goods is None:
        return
    bought = _bought(model)
    keys = model.assembly.labelled(bought[["depot", "commodity"]]).assign(period=bought["ordered"].to_numpy())
    keys.index = pd.Index(bought["bought"].to_numpy(np.int64))
    yield "supply", keys.assign(rows=column_of(_offers(model, bought))), bought["quantity"].to_numpy(float)


def _bought(model: Model) -> pd.DataFrame:
    """Return the purchases, a line per cargo class, of which no more than so much is for sale."""
    assert model.assembly.goods is not None, "goods are bought"
    bought = model.assembly.goods.bought
    limited: pd.DataFrame = bought[np.isfinite(bought["quantity"])]
    return limited


def _offers(model: Model, bought: pd.DataFrame) -> list[Rows]:
    """Return the rows of supplies that purchases are of."""
    assert model.assembly.goods is not None, "goods are bought"
    rows = model.assembly.goods.supplies.entries["row"].to_numpy(np.int64)[bought["entry"]]
    return [(int(row),) for row in rows]


def _of_refused(model: Model, refused: Bools) -> pd.DataFrame:
    """Return the labels of columns that refusals forbid, by column: of presence, or of free service."""
    options, presence = model.assembly.options, model.assembly.presence
    parts = [options.set_index("served")[["organisation", "site"]]] if len(options) else []
    parts += [presence.set_index("active")[["organisation", "site"]]] if len(presence) else []
    if not parts:
        return pd.DataFrame(columns=["organisation", "site"], index=EMPTY)
    every = pd.concat(parts)
    chosen: pd.DataFrame = every[refused[every.index.to_numpy(np.int64)]]
    keys: pd.DataFrame = model.assembly.labelled(chosen)
    keys.index = pd.Index(chosen.index)
    return keys


def column_of(rows: Iterable[Rows]) -> np.ndarray:
    """Return rows as a column of a frame: an array of tuples."""
    told = list(rows)
    column = np.empty(len(told), dtype=object)
    column[:] = told
    return column


def table_rows(mission: Mission, kind: Kind, labels: pd.DataFrame) -> list[Rows]:
    """Return the rows of its table that say each line of a kind, none where no single cell does.

    ``labels`` are those of `LABELS`; the period counts where rows of the table hold for some periods only.
    """
    if kind.keys == ("row",):
        return [(int(row),) for row in labels["row"]]
    if kind.table not in TABLES or not kind.column or not mission.has(kind.table):
        return [()] * len(labels)
    frame = _rows_by_keys(mission, kind)
    if not set(kind.keys) <= set(frame.columns):
        return [()] * len(labels)
    asked = labels[list(dict.fromkeys([*kind.keys, "period"]))].astype(object)
    line, each = pd.factorize(pd.MultiIndex.from_frame(asked))
    distinct = pd.DataFrame(list(each), columns=asked.columns, dtype=object).reset_index(names="line")
    found = distinct.merge(frame, on=list(kind.keys), suffixes=("", "_of_row"))
    if "from" in frame:
        when = found["period"].astype(int)
        found = found[(when == 0) | ((found["from"] <= when) & (when <= found["until"]))]
    rows = {int(str(at)): tuple(sorted(set(each))) for at, each in found.groupby("line")["position"]}
    return [rows.get(int(at), ()) for at in line]


def _rows_by_keys(mission: Mission, kind: Kind) -> pd.DataFrame:
    """Return the keys of a kind's table, its dates, and ``position``; a line per period where it counts."""
    if "period" in kind.keys:
        frame = mission.by_period(kind.table).rename(columns={"row": "position"})
    else:
        frame = mission.frame(kind.table)
        frame = frame.assign(position=np.arange(len(frame)))
        frame = frame[frame["status"] == kind.status] if kind.status else frame
    names = [name for name in (*kind.keys, "from", "until", "position") if name in frame]
    keys = frame[[name for name in kind.keys if name in frame]].astype(object)
    return frame[names].assign(**{str(name): keys[name].where(keys[name].notna(), "") for name in keys})
