"""Whom the rule of thumb serves: need after need, by whoever has a capability, in the order of the tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.ledger import Ledger
from pklogistics.model.build import Model
from pklogistics.model.sets import BLANK


def serve_needs(model: Model, ledger: Ledger, until: Deadline) -> bool:
    """Serve need after need, the largest first.

    By units that are there, and by organisations in their order. Says whether that was done in time.
    """
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
        if until.passed:
            return False
        for (served,) in guards.get(n, ()):
            by = min(ledger.room(served, moves.balance), float(ledger.x[unmet[n]]))
            if by > 0:
                ledger.move({served: by, int(unmet[n]): -by})
        for served, presence, used in options.get(n, ()):
            if ledger.x[unmet[n]] <= 1e-6:
                break
            moves.serve(int(unmet[n]), served, presence, used)
    return True


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
        assembly, rows = model.assembly, _rows_by_name(model)
        self.balance = rows["N1"]
        # Rows that other columns of the same move make room in.
        self._made = rows["N1"] | rows["C1"] | rows["C1_option"] | rows["F1"]
        self._full = _full_columns(model)
        self._net = dict(_lines(assembly.options, "served", "limit"))
        presence = assembly.presence
        self._active = [active for (active,) in _lines(presence, "active")]
        self._keys = _lines(presence, "organisation", "site", "period")
        self._share = [share * net for share, net in _lines(presence, "share", "net")]
        self._bases = {
            (organisation, site, period): (base, set_up)
            for organisation, site, period, base, set_up in _lines(
                assembly.bases, "organisation", "site", "period", "base", "set_up"
            )
        }
        self._set_ups: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for (organisation, site, period), (_, set_up) in self._bases.items():
            if set_up != BLANK:
                self._set_ups[(organisation, site)].append((period, set_up))
        self._mobilised: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for organisation, *when in _lines(assembly.mobilisation, "organisation", "period", "mobilised"):
            self._mobilised[organisation].append((when[0], when[1]))

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


def _rows_by_name(model: Model) -> dict[str, frozenset[int]]:
    """Return the rows of the program by the names of their groups, none of those that it does not have."""
    rows: dict[str, frozenset[int]] = defaultdict(frozenset)
    for group in model.program.row_groups:
        rows[group.name] |= frozenset(group.index.tolist())
    return rows


def _lines(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Return the lines of a frame in these columns, none of one that is empty."""
    return list(zip(*(frame[name].tolist() for name in columns), strict=True)) if len(frame) else []


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
