"""The program of a plan as the tables say it: bounds and rows in which each limit speaks for itself.

A program for solvers is tight: a bound may hold the least of several limits at once, and two rows may say
the same. To tell which limit binds, each must stand alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from pklogistics.explain.limits.capacity import option_capacity, presence_capacity
from pklogistics.explain.limits.places import EMPTY
from pklogistics.model.build import Model
from pklogistics.model.program import Bools, Floats, Ints
from pklogistics.model.sets import BLANK
from pklogistics.model.supplies.goods import Goods
from pklogistics.model.supplies.settle import flows

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
    most = _most_of_columns(model)
    for group in program.row_groups:
        said = _SAID.get(group.name)
        if said is None or not len(group.keys):
            continue
        starts = matrix.indptr[group.start : group.start + len(group.keys) + 1]
        entries = slice(starts[0], starts[-1])
        row = np.repeat(np.arange(len(group.keys)), np.diff(starts))
        columns = matrix.indices[entries].astype(np.int64)
        lines = _Lines(row, columns, matrix.data[entries], group.index)
        matrix.data[entries] = said(model, most, lines)
    matrix.eliminate_zeros()
    return matrix


@dataclass(frozen=True)
class _Lines:
    """The entries of a group of rows: row within the group, column and value; and the group's rows."""

    row: Ints
    columns: Ints
    data: Floats
    rows: Ints

    @property
    def tying(self) -> Bools:
        """Which entries are of what allows the others: presence, an open door."""
        return self.data < 0

    def largest(self, amounts: Floats) -> Floats:
        """Return the largest amount of the columns that are tied in each row, by entry."""
        most = np.zeros(len(self.rows))
        np.maximum.at(most, self.row[~self.tying], amounts[self.columns[~self.tying]])
        return most[self.row]

    def at_least(self, amounts: Floats) -> Floats:
        """Return the entries with no less than these amounts, by entry, for what allows the others."""
        return np.where(self.tying, np.minimum(self.data, -amounts), self.data)


@dataclass(frozen=True)
class _Most:
    """The most that columns of service may be by ``max_people`` and by need, and of goods by need."""

    able: Floats
    net: Floats
    needed: Floats


def _most_of_columns(model: Model) -> _Most:
    able, net, needed = np.zeros((3, model.program.columns))
    options = model.assembly.options
    served = options["served"].to_numpy(np.int64)
    able[served] = option_capacity(model)
    net[served] = model.assembly.sets.needs["net"].to_numpy(float)[options["n"]]
    for at, amount in _needed(model.assembly.goods) if model.assembly.goods is not None else ():
        needed[at] = amount
    return _Most(able, net, needed)


def _units(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Allow so many units of a kind at a site, if any, as there could be."""
    return np.where(lines.tying, _MANY * lines.data, lines.data)


def _doors(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Let as many goods pass through depots in use, and open routes, as people could take."""
    return lines.at_least(lines.largest(most.needed))


def _sums(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Leave out what says in sum what others say one by one, of stock in depots in use and of leads."""
    return np.where(lines.tying, lines.data, 0.0)


def _secured(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Serve nobody without security, however many could be served."""
    return np.where(lines.tying, -lines.largest(most.net), lines.data)


def _floors(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Ask for one presence for a floor, however many each could serve."""
    floor = model.program.row_lower[lines.rows][lines.row]
    return np.where(model.program.integer[lines.columns], floor, lines.data)


def _presences(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Let a presence serve what its options may."""
    return lines.at_least(presence_capacity(model)[lines.row])


def _options(model: Model, most: _Most, lines: _Lines) -> Floats:
    """Let an option serve what it may."""
    weights = np.where(lines.tying, 0.0, most.able[lines.columns])
    able: Floats = np.bincount(lines.row, weights, minlength=len(lines.rows)).astype(float)
    return lines.at_least(able[lines.row])


_SAID: Mapping[str, Callable[[Model, _Most, _Lines], Floats]] = {
    **dict.fromkeys(("T5_armed", "T7_units"), _units),
    **dict.fromkeys(("S4_sent", "S4_received", "S4_entered", "S4_on_hand", "S4_route"), _doors),
    **dict.fromkeys(("S4_enough", "C6_served"), _sums),
    "T4_served": _secured,
    "C1_floor": _floors,
    "C1": _presences,
    "C1_option": _options,
}
"""What rows say by the tables, by their names."""


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
