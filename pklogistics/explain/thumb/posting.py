"""Where the rule of thumb posts units: where they are, and the others where need is largest."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from pklogistics.explain.thumb.ledger import Ledger
from pklogistics.model.build import Model
from pklogistics.model.sets import BLANK


def post_units(model: Model, ledger: Ledger) -> None:
    """Leave units where they are, then post the others where need is largest: for security, then as posts."""
    stationing = model.assembly.stationing
    if stationing.empty:
        return
    at: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for unit, site, period, column, arriving in zip(
        *(stationing[name].tolist() for name in ("unit", "site", "period", "stationed", "arriving")),
        strict=True,
    ):
        at[(unit, site)].append((period, column, arriving))
    beside = _beside(model)
    start = model.program.start
    for places in at.values():
        today = start[places[0][1]]
        if today > 0:
            _station(ledger, places, float(today), beside, arrives=False)
    for unit, site in _wanted(model):
        if at.get((unit, site)):
            places = at[(unit, site)]
            _station(ledger, places, 1.0, beside, arrives=True)


def _beside(model: Model) -> dict[int, list[tuple[int, bool]]]:
    """Return the columns that rise with each stationing column: strength by as much, armed and held to 1."""
    assembly = model.assembly
    beside: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for name in ("armed", "held"):
        group = model.program.group(name)
        if group is None or not len(group.keys):
            continue
        sites = assembly.sets.names.codes("site", group.keys["site"])
        keys = pd.DataFrame({"site": sites, "period": group.keys["period"].to_numpy(), "flag": group.index})
        lines = assembly.stationing.merge(keys, on=["site", "period"])
        if name == "armed":
            lines = lines[assembly.mission.frame("units")["armed"].to_numpy(bool)[lines["unit"]]]
        for column, flag in zip(lines["stationed"].tolist(), lines["flag"].tolist(), strict=True):
            beside[column].append((flag, True))
    rows = next((group for group in model.program.row_groups if group.name == "T2_strength"), None)
    if rows is not None and len(rows.keys):
        part = model.program.matrix[rows.index].tocoo()
        strength = dict(zip(part.row[part.data < 0].tolist(), part.col[part.data < 0].tolist(), strict=True))
        for row, column in zip(
            part.row[part.data > 0].tolist(), part.col[part.data > 0].tolist(), strict=True
        ):
            beside[column].append((strength[row], False))
    return beside


def _station(
    ledger: Ledger,
    places: list[tuple[int, int, int]],
    count: float,
    beside: dict[int, list[tuple[int, bool]]],
    *,
    arrives: bool,
) -> bool:
    """Station units at a site in all periods in which they can be there."""
    changes: dict[int, float] = {}
    first = min(period for period, _, _ in places)
    for period, column, arriving in places:
        changes[column] = count
        if arriving != BLANK and period == first and (arrives or first > 1):
            changes[arriving] = count
        for other, flag in beside[column]:
            if not flag:
                changes[other] = changes.get(other, 0.0) + count
            elif ledger.x[other] < 0.5:
                changes[other] = 1.0
    return ledger.move(changes)


def _wanted(model: Model) -> list[tuple[int, int]]:
    """Return which unit should go where, one at a time, the largest need first."""
    assembly, sets = model.assembly, model.assembly.sets
    needs, units = sets.needs, assembly.mission.frame("units")
    worth = np.bincount(needs["site"], weights=needs["weight"] * needs["net"], minlength=len(sets.sites))
    required = sets.sites["required"].to_numpy(float)
    points = units["security"].to_numpy(float)
    order = [int(site) for site in np.argsort(-worth, kind="stable") if worth[site] > 0]
    wanted: list[tuple[int, int]] = []
    surgeons = np.flatnonzero(units["medical_level"] >= 2).tolist()
    for site in order:
        wanted += [(unit, site) for unit in surgeons] if required[site] > 0 else []
        if required[site] > 0 and (points > 0).any():
            guards = np.flatnonzero(points > 0)
            unit = int(guards[np.argmax(np.minimum(points[guards], required[site]))])
            wanted += [(unit, site)] * int(np.ceil(required[site] / points[unit]))
    tasks = units["tasks"].explode().dropna()
    able: dict[int, list[int]] = defaultdict(list)
    for unit, activity in zip(tasks.index, sets.names.codes("activity", tasks), strict=True):
        able[int(activity)].append(int(unit))
    guarded = needs[needs["force"] & (needs["net"] > 0)]
    guarded = guarded.assign(worth=guarded["weight"] * guarded["net"]).sort_values("worth", ascending=False)
    protects = units["people_protected"].astype(float).fillna(np.inf).to_numpy()
    for activity, site, net in zip(
        *(guarded[name].tolist() for name in ("activity", "site", "net")), strict=True
    ):
        for unit in able[activity][:1]:
            wanted += [(unit, site)] * int(min(10.0, max(1.0, np.ceil(net / protects[unit]))))
    return wanted
