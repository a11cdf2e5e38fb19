"""What people do today: the largest severity-weighted need first, each organisation on its own.

The rule of thumb, against which a plan is held. Units stay where they are and the rest go where need is largest;
then each need in turn, the largest first, is served by whoever has a capability for it, in the order of the
tables, as far as staff, money and the rules allow at that moment; funds pay in their order, first come first
served. Nobody waits, gives way or plans ahead. It keeps every rule that the mission has, and mandates as far as
that happens to; its plan is settled, decoded and checked like any other.

Where goods have to come, whoever would serve people is decided so, and then goods flow in the best way that money
and roads allow: the rule is given better logistics than it would have, never worse.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd

from pklogistics.check import check
from pklogistics.explain.ledger import Ledger
from pklogistics.instance.mission import Mission
from pklogistics.model.build import Model, compile_mission
from pklogistics.model.decode import decode
from pklogistics.model.encode import encode_what_units_do
from pklogistics.model.program import Floats
from pklogistics.model.sets import BLANK
from pklogistics.model.settle import settle
from pklogistics.plan import Plan, TierResult
from pklogistics.solve.piece import piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_small

_GOODS = ("S1", "S2", "S2_least", "S2_most", "S2_nutrient_least", "S2_nutrient_most", "S5")
_SECONDS = 30.0


def rule_of_thumb(mission: Mission, model: Model | None = None) -> Plan:
    """Return the plan of the rule of thumb, checked; status none if its goods could not be brought.

    ``model`` is the compiled mission, where it is at hand.
    """
    began = time.monotonic()
    model = model or compile_mission(mission)
    x = _grown(model)
    if model.assembly.goods is not None:
        x = _with_goods(model, x)
    attributes = {
        "mission": mission.header.name,
        "solver": "rule of thumb",
        "currency": mission.header.currency,
    }
    if x is None:
        return Plan.empty(stopped="stopped", **attributes)
    point = settle(model, x)
    values = [(tier.name, model.program.tier_value(tier, point)) for tier in model.program.tiers]
    tiers = tuple(TierResult(name, value, -math.inf, math.inf) for name, value in values)
    tables = decode(model, point)
    plan = Plan(status="feasible", stopped="gap", tables=tables, tiers=tiers, **attributes)
    found = check(mission, plan)
    seconds = {"total": time.monotonic() - began}
    return replace(plan, violations=tuple(v.to_dict() for v in found.violations), seconds=seconds)


def _grown(model: Model) -> Floats:
    program = model.program
    x: Floats = np.zeros(program.columns)
    unmet = model.assembly.unmet
    open_ = unmet != BLANK
    x[unmet[open_]] = model.assembly.sets.needs["net"].to_numpy(float)[open_]
    unchecked = () if model.assembly.goods is None else _GOODS
    ledger = Ledger(model, x, unchecked)
    if model.assembly.mission.has("units"):
        _post_units(model, ledger)
        encode_what_units_do(model, ledger.x)
        ledger.activity = program.matrix @ ledger.x
    _serve(model, ledger)
    return ledger.x


def _post_units(model: Model, ledger: Ledger) -> None:
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
        places = at.get((unit, site))
        if places:
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


def _serve(model: Model, ledger: Ledger) -> None:
    """Serve need after need, the largest first: by units that are there, and by organisations in their order."""
    assembly = model.assembly
    needs = assembly.sets.needs
    order = _in_order(needs)
    options = _by_need(assembly.options, ["served", "presence", "used"])
    guards = _by_need(assembly.guards, ["served"]) if len(assembly.guards) else {}
    moves = _Moves(model, ledger)
    unmet = assembly.unmet
    for n in order:
        if unmet[n] == BLANK:
            continue
        for (served,) in guards.get(n, ()):
            by = min(ledger.room(served, moves.balance), float(ledger.x[unmet[n]]))
            if by > 0:
                ledger.move({served: by, int(unmet[n]): -by})
        for served, presence, used in options.get(n, ()):
            if ledger.x[unmet[n]] <= 1e-6:
                break
            moves.serve(int(unmet[n]), served, presence, used)


def _in_order(needs: pd.DataFrame) -> list[int]:
    """Return the needs, the largest first; the periods of one in a row, of what must go on the last first."""
    frame = needs.assign(worth=needs["weight"] * needs["net"], n=np.arange(len(needs)))
    frame["size"] = frame.groupby(["site", "activity"])["worth"].transform("sum")
    frame["turn"] = np.where(frame["continuous"], -frame["period"], frame["period"])
    ordered = frame.sort_values(
        ["size", "site", "activity", "turn"], ascending=[False, True, True, True], kind="stable"
    )
    numbers: list[int] = ordered["n"].tolist()
    return numbers


def _by_need(frame: pd.DataFrame, columns: list[str]) -> dict[int, list[tuple[int, ...]]]:
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for n, *values in zip(frame["n"].tolist(), *(frame[name].tolist() for name in columns), strict=True):
        found[n].append(tuple(values))
    return found


class _Moves:
    """What has to be there for an organisation to serve people: presence, base, set-up, mobilisation."""

    def __init__(self, model: Model, ledger: Ledger) -> None:
        self._ledger = ledger
        assembly, program = model.assembly, model.program
        self._active = assembly.presence["active"].tolist() if len(assembly.presence) else []
        named = {group.name: frozenset() for group in program.row_groups}
        for group in program.row_groups:
            named[group.name] = named[group.name] | frozenset(group.index.tolist())
        # Rows that other columns of the same move make room in.
        self._made = frozenset().union(
            *(named.get(name, frozenset()) for name in ("N1", "C1", "C1_option", "F1"))
        )
        self.balance = named.get("N1", frozenset())
        self._full = _full_columns(model)
        self._net = dict(
            zip(assembly.options["served"].tolist(), assembly.options["limit"].tolist(), strict=True)
        )
        self._keys = (
            list(
                zip(*(assembly.presence[k].tolist() for k in ("organisation", "site", "period")), strict=True)
            )
            if len(assembly.presence)
            else []
        )
        bases = assembly.bases
        self._bases = (
            {
                key: (base, set_up)
                for *key_, base, set_up in zip(
                    *(bases[k].tolist() for k in ("organisation", "site", "period", "base", "set_up")),
                    strict=True,
                )
                for key in [tuple(key_)]
            }
            if len(bases)
            else {}
        )
        self._set_ups: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for (organisation, site, period), (_, set_up) in self._bases.items():
            if set_up != BLANK:
                self._set_ups[(organisation, site)].append((period, set_up))
        self._mobilised: dict[int, list[tuple[int, int]]] = defaultdict(list)
        frame = assembly.mobilisation
        for organisation, period, column in zip(
            *(frame[k].tolist() for k in ("organisation", "period", "mobilised")), strict=True
        ):
            self._mobilised[organisation].append((period, column))
        self._share = (
            (assembly.presence["share"] * assembly.presence["net"]).tolist() if len(assembly.presence) else []
        )

    def serve(self, unmet: int, served: int, presence: int, used: int) -> bool:
        """Serve as many of a need as one option can; say whether it serves any."""
        ledger = self._ledger
        begun = self._begun(presence, used)
        if begun is None:
            return False
        by = min(
            float(ledger.x[unmet]),
            self._net[served] - float(ledger.x[served]),
            ledger.room(served, self._made),
            ledger.affordable(served, begun),
        )
        least = self._share[presence] if presence != BLANK and begun else 0.0
        if unmet in self._full:  # Served whole, by one alone: nobody arranges to share it.
            begun, least = {**begun, self._full[unmet]: 1.0}, float(ledger.x[unmet])
        if by <= 1e-6 or by < least - 1e-6:
            return False
        return ledger.move({**begun, served: by, unmet: -by})

    def _begun(self, presence: int, used: int) -> dict[int, float] | None:
        """Return the columns that have to rise to 1 before this presence serves anybody."""
        if presence == BLANK:
            return {}
        x, begun = self._ledger.x, {}
        active = self._active[presence]
        if used != BLANK and x[used] < 0.5:
            begun[used] = 1.0
        if x[active] > 0.5:
            return begun
        begun[active] = 1.0
        key = self._keys[presence]
        base, set_up = self._bases.get(key, (BLANK, BLANK))
        if base == BLANK:
            return begun
        if x[base] < 0.5:
            begun[base] = 1.0
        organisation, site, period = key
        if set_up != BLANK and not any(
            when <= period and x[column] > 0.5 for when, column in self._set_ups[(organisation, site)]
        ):
            begun[set_up] = 1.0
        called = self._mobilised.get(organisation, [])
        if called and not any(when <= period and x[column] > 0.5 for when, column in called):
            if any(x[column] > 0.5 for _, column in called):
                return None  # Called in for a later period; nobody thinks of calling it in earlier.
            begun[min(called)[1]] = 1.0
        return begun


def _full_columns(model: Model) -> dict[int, int]:
    """Return the column that says a need is served whole or not at all, by that of its unmet people."""
    rows = next((group for group in model.program.row_groups if group.name == "N2"), None)
    group = model.program.group("full")
    if rows is None or group is None or not len(rows.keys):
        return {}
    # A row of N2 has two columns: the unmet people, and what says that there are none.
    columns = model.program.matrix[rows.index].tocsr().indices.reshape(-1, 2)
    full = np.isin(columns, group.index)
    return dict(zip(columns[~full].tolist(), columns[full].tolist(), strict=True))


def _with_goods(model: Model, x: Floats) -> Floats | None:
    """Bring goods to whom the rule would serve, and serve those whom they reach.

    Presences whose people the goods do not reach in the least share are given up, and the rest tried again.
    """
    program = model.program
    served = model.assembly.service["served"].to_numpy(np.int64)
    upper = piece_of(program).col_upper.copy()
    upper[served] = x[served]
    fixed = program.integer.copy()
    free = np.zeros(program.columns, dtype=bool)
    for group in program.col_groups:
        free[group.index] = group.family == "supplies"
    fixed &= ~free
    lower = np.where(fixed, x, program.col_lower)
    upper = np.where(fixed, x, upper)
    present = np.zeros(program.columns, dtype=bool)
    for group in program.col_groups:
        present[group.index] = group.name in ("active", "used", "base", "mobilised", "full")
    lower[present & fixed] = 0.0
    costs = program.terms["need"].costs if "need" in program.terms else np.zeros(program.columns)
    piece = replace(
        piece_of(program).with_objective(costs, 0.0),
        col_lower=lower,
        col_upper=upper,
        integer=(present | free) & program.integer,
    )
    scaling = scaling_of(piece)
    found = solve_small(piece, scaling, Effort(seconds=_SECONDS))
    if found.values is None:
        return None
    whole = piece.with_integers_fixed(piece.tidied(found.values))
    polished = solve_small(whole, scaling, Effort(seconds=_SECONDS))
    if polished.values is None:
        return None
    return np.clip(polished.values, program.col_lower, program.col_upper)
