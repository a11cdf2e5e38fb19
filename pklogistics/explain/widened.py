"""The program of a plan as the tables say it: bounds and rows in which each limit speaks for itself.

A program for solvers is tight: a bound may hold the least of several limits at once, and two rows may say
the same. To tell which limit binds, each must stand alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.explain.capacity import option_capacity, presence_capacity
from pklogistics.explain.limits import EMPTY
from pklogistics.model.build import Model
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.goods import Goods
from pklogistics.model.supplies.settle import flows

_UNITS_AT_MOST = ("T5_armed", "T7_units")
"""Rows that allow so many units of a kind at a site, if any."""

_DOORS = ("S4_sent", "S4_received", "S4_entered", "S4_on_hand", "S4_route")
"""Rows that let goods pass through depots in use and open routes only."""

_SUMS = ("S4_enough", "C6_served")
"""Rows that say in sum what others say one by one, of stock in depots in use and of leads."""

_PEOPLE = ("C1", "C1_option", "C1_floor", "T4_served")
"""Rows that bound people served by the least of what limits them."""

_MANY = 4.0
"""More units than could be stationed at a site today, as a factor.

The limits on them have rows of their own.
"""


def held(model: Model, x: Floats) -> Floats:
    """Return the most that columns may be so that no need and no mandate is worse off than in the plan."""
    held = np.full(model.program.columns, np.inf)
    unmet = model.assembly.unmet[model.assembly.unmet != BLANK]
    held[unmet] = x[unmet]
    broken = broken_columns(model)
    held[broken] = x[broken]
    return held


def broken_columns(model: Model) -> Ints:
    """Return the columns that say how far mandates are broken."""
    return np.concatenate([EMPTY, *(frame["column"].to_numpy(np.int64) for frame in model.assembly.broken)])


def widened(model: Model, x: Floats, refused: Bools) -> Floats:
    """Return upper bounds of columns in which limits of the tables are lifted, for rows say them as well.

    Who is refused and free to serve without a presence may still serve no more than others would let it.
    """
    upper = model.program.col_upper.copy()
    assembly = model.assembly
    options = assembly.options
    able = options["limit"].to_numpy(float) > 0
    net = assembly.sets.needs["net"].to_numpy(float)[options["n"]]
    upper[options["served"].to_numpy(np.int64)[able]] = net[able]
    if len(assembly.presence):
        upper[assembly.presence["active"].to_numpy(np.int64)[presence_capacity(model) > 0]] = 1.0
    for frame in (
        assembly.stationing,
        assembly.strength,
        assembly.escorts.rename(columns={"on_escort": "stationed"}),
    ):
        if len(frame):
            upper[frame["stationed"].to_numpy(np.int64)] = _MANY * frame["limit"].to_numpy(float)
    moving = (
        assembly.stationing[assembly.stationing["arriving"] != BLANK] if len(assembly.stationing) else None
    )
    if moving is not None:
        upper[moving["arriving"].to_numpy(np.int64)] = _MANY * moving["limit"].to_numpy(float)
    if assembly.goods is not None:
        for columns, most in _needed(assembly.goods):
            upper[columns] = most
    if len(assembly.payments):
        upper[assembly.payments["paid"].to_numpy(np.int64)] = _costs(model, upper)
    free = refused & ~model.program.integer
    upper[free] = model.program.col_upper[free]
    return np.maximum(upper, x)


def _costs(model: Model, upper: Floats) -> Floats:
    """Return for every payment the most that its account can cost in its period within these bounds."""
    lines, keys = model.assembly.lines, ["account", "period"]
    most = lines["rate"].to_numpy(float) * upper[lines["column"].to_numpy(np.int64)]
    total = lines[keys].assign(most=most).groupby(keys, as_index=False).sum()
    found: Floats = model.assembly.payments[keys].merge(total, on=keys, how="left")["most"].to_numpy(float)
    return found


def _needed(goods: Goods) -> list[tuple[Ints, Floats]]:
    """Return columns of goods with the most that people could take, however little of it there is.

    The program sends no more than there is anywhere. That is what stock and purchases say in rows of their
    own, and as a bound of a flow it would still stand when these are relaxed.
    """
    worth = goods.worth
    assert worth is not None, "the flow is added when a mission is compiled"
    plenty = replace(worth, supply=np.full_like(worth.supply, np.inf), come=np.full_like(worth.come, np.inf))
    of_need = replace(goods, worth=plenty)
    sent, given, rest, bought = goods.sent, goods.given, goods.on_hand, goods.bought
    chosen = goods.portions[goods.portions["portion"] != BLANK]
    first = pd.Series(1, index=rest.index)
    both_ends = np.minimum(
        of_need.useful(sent["origin"], sent["commodity"], sent["period"]),
        of_need.useful(sent["destination"], sent["commodity"], sent["arrives"]),
    )
    buying = of_need.useful(bought["depot"], bought["commodity"], bought["period"])
    table = chosen["site"] + goods.supplies.depot_count
    bounds = (
        (sent["sent"], both_ends),
        (given["given"], of_need.useful(given["place"], given["commodity"], given["period"])),
        (rest["on_hand"], of_need.useful(rest["place"], rest["commodity"], rest["period"], first)),
        (bought["bought"], buying),
        (chosen["portion"], of_need.useful(table, chosen["commodity"], chosen["period"])),
    )
    return [(columns.to_numpy(np.int64), most) for columns, most in bounds]


def goods_of(model: Model) -> tuple[Ints, Bools]:
    """Return the commodity of each column of goods (BLANK for others), and what activities take.

    The second has shape (activities, commodities + 1); its last column, for BLANK, is true.
    """
    names, goods = model.assembly.sets.names, model.assembly.goods
    commodity = np.full(model.program.columns, BLANK, dtype=np.int64)
    takes = np.zeros((names.count("activity"), names.count("commodity") + 1), dtype=bool)
    takes[:, -1] = True
    if goods is not None:
        for frame, name in flows(goods):
            commodity[frame[name].to_numpy(np.int64)] = frame["commodity"].to_numpy(np.int64)
        takes[goods.supplies.takes["activity"], goods.supplies.takes["commodity"]] = True
    return commodity, takes


def done_once(model: Model) -> tuple[Ints, Ints]:
    """Return what is done once and may be done earlier instead: mobilisations and openings.

    Which of them each column is (BLANK for others), and in which period; shape (columns,) each.
    """
    which = np.full(model.program.columns, BLANK, dtype=np.int64)
    period = np.zeros(model.program.columns, dtype=np.int64)
    count = 0
    for group in model.program.col_groups:
        if group.name not in ("mobilised", "depot_opened", "route_opened") or not len(group.keys):
            continue
        numbers, found = pd.factorize(pd.MultiIndex.from_frame(group.keys.drop(columns="period").astype(str)))
        which[group.index] = count + numbers
        period[group.index] = group.keys["period"].to_numpy(np.int64)
        count += len(found)
    return which, period


def by_tables(model: Model) -> sparse.csr_matrix:
    """Return the rows of the program with what the tables say in place of what could follow from it.

    The program ties service to presence, and goods to open doors, by the least of everything that limits
    them, for tight rows solve faster. Here staff, totals and stock speak for themselves, in their own rows.
    """
    program = model.program
    matrix = program.matrix.tocsr(copy=True)
    able, net = np.zeros((2, program.columns))
    options = model.assembly.options
    able[options["served"].to_numpy(np.int64)] = option_capacity(model)
    net[options["served"].to_numpy(np.int64)] = model.assembly.sets.needs["net"].to_numpy(float)[options["n"]]
    of_presence = presence_capacity(model)
    needed = np.zeros(program.columns)
    for at, amount in _needed(model.assembly.goods) if model.assembly.goods is not None else ():
        needed[at] = amount
    for group in program.row_groups:
        count = len(group.keys)
        if not count or group.name not in (*_UNITS_AT_MOST, *_DOORS, *_SUMS, *_PEOPLE):
            continue
        starts = matrix.indptr[group.start : group.start + count + 1]
        data, columns = matrix.data[starts[0] : starts[-1]], matrix.indices[starts[0] : starts[-1]]
        row, tying = np.repeat(np.arange(count), np.diff(starts)), data < 0
        if group.name in _UNITS_AT_MOST:
            data[tying] *= _MANY
        elif group.name in _DOORS:
            through = np.zeros(count)
            np.maximum.at(through, row[~tying], needed[columns[~tying]])
            data[tying] = np.minimum(data[tying], -through[row[tying]])
        elif group.name in _SUMS:
            data[~tying] = 0.0
        elif group.name == "T4_served":
            # However many could be served, without security it is nobody.
            people = np.zeros(count)
            np.maximum.at(people, row[~tying], net[columns[~tying]])
            data[tying] = -people[row[tying]]
        elif group.name == "C1_floor":
            # However many each presence could serve, for a floor there has to be one.
            presences = program.integer[columns]
            data[presences] = program.row_lower[group.index][row[presences]]
        elif group.name == "C1":
            data[tying] = np.minimum(data[tying], -of_presence[row[tying]])
        else:
            most = np.bincount(row[~tying], weights=able[columns[~tying]], minlength=count)
            data[tying] = np.minimum(data[tying], -most[row[tying]])
    matrix.eliminate_zeros()
    return matrix


def steps_of(model: Model) -> tuple[Floats, Bools]:
    """Return how much of each column one person takes, or one unit of what is whole, and which of the two."""
    program, assembly = model.program, model.assembly
    steps, by_person = np.ones(program.columns), np.zeros(program.columns, dtype=bool)
    columns = assembly.service["served"].to_numpy(np.int64)
    by_person[columns] = True
    if assembly.goods is not None:
        goods = assembly.goods
        ration = goods.supplies.commodities["ration"].to_numpy(float)
        for frame, name in flows(goods):
            at = frame[name].to_numpy(np.int64)
            steps[at], by_person[at] = ration[frame["commodity"].to_numpy(np.int64)], True
    if len(assembly.payments):
        at = assembly.payments["paid"].to_numpy(np.int64)
        service = assembly.lines[assembly.lines["kind"] == "service"]
        rate = float(service["rate"].mean()) if len(service) else 1.0
        steps[at], by_person[at] = max(rate, 1e-6), True
    return steps, by_person
