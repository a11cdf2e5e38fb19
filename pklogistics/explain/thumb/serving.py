"""Whom the rule of thumb serves: need after need, by whoever has a capability, in the order of the tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.thumb.ledger import Ledger
from pklogistics.model.build import Model
from pklogistics.model.sets import BLANK


def serve_needs(model: Model, moves: Moves, until: Deadline) -> bool:
    """Serve need after need, the largest first.

    By units that are there, and by organisations in their order, a lead before the others, who may not be
    there without it. Says whether that was done in time.
    """
    assembly = model.assembly
    needs = assembly.sets.needs
    order = _in_order(needs)
    leading = assembly.options["presence"].isin(assembly.leads["lead"])
    in_turn = assembly.options.assign(follows=~leading).sort_values(["n", "follows"], kind="stable")
    options = _by_need(in_turn, ["served", "presence", "used"])
    guards = _by_need(assembly.guards, ["served"]) if len(assembly.guards) else {}
    ledger, unmet = moves.ledger, assembly.unmet
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


class Moves:
    """What has to be there for an organisation to serve people: presence, base, set-up, mobilisation."""

    def __init__(self, model: Model, ledger: Ledger) -> None:
        self.ledger = ledger
        assembly, rows = model.assembly, _rows_by_name(model)
        self.balance = rows["N1"]
        # Rows that other columns of the same move make room in.
        self._made = rows["N1"] | rows["C1"] | rows["C1_option"] | rows["F1"]
        self._full = _full_columns(model)
        self._net = dict(_lines(assembly.options, "served", "limit"))
        self._options = _by_presence(assembly.options, assembly.unmet)
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
        ledger, begun = self.ledger, dict[int, float]()
        if not self._add_begun(presence, used, begun):
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

    def begin(self, presences: list[int]) -> bool:
        """Begin presences, all or none of them, each with the least it has to serve."""
        begun = dict[int, float]()
        for presence in sorted(presences, key=lambda presence: self._keys[presence][-1]):
            if self.ledger.x[self._active[presence]] > 0.5:
                continue
            unmet, served, used = self._options[presence][0]
            if not self._add_begun(presence, used, begun):
                return False
            least = self._share[presence]
            if least > 0 and unmet in self._full:
                begun[self._full[unmet]], least = 1.0, float(self.ledger.x[unmet])
            if least > 0:
                begun |= {served: least, unmet: begun.get(unmet, 0.0) - least}
        return self.ledger.move(begun)

    def serve_at(self, presence: int) -> None:
        """Serve as many people as a presence can that is there already."""
        if self.ledger.x[self._active[presence]] > 0.5:
            for unmet, served, used in self._options[presence]:
                self.serve(unmet, served, presence, used)

    def _add_begun(self, presence: int, used: int, begun: dict[int, float]) -> bool:
        """Add the columns that have to rise to 1 before this presence serves anybody; say if it can."""
        if presence == BLANK:
            return True
        x = self.ledger.x
        active = self._active[presence]
        if used != BLANK and x[used] < 0.5:
            begun[used] = 1.0
        if x[active] > 0.5:
            return True
        begun[active] = 1.0
        key = self._keys[presence]
        base, set_up = self._bases.get(key, (BLANK, BLANK))
        if base == BLANK:
            return True
        if x[base] < 0.5:
            begun[base] = 1.0
        organisation, site, period = key
        set_ups, called = self._set_ups[(organisation, site)], self._mobilised.get(organisation, [])
        if set_up != BLANK and not self._by_then(set_ups, period, begun):
            begun[set_up] = 1.0
        if called and not self._by_then(called, period, begun):
            if any(x[column] > 0.5 for _, column in called):
                return False  # Called in for a later period; nobody thinks of calling it in earlier.
            paid = [each for each in called if each[0] <= period and self._pays_for(each[1], begun)]
            if not paid:
                return False
            begun[min(paid)[1]] = 1.0
        return True

    def _pays_for(self, column: int, begun: dict[int, float]) -> bool:
        """Return whether somebody pays for this column to be 1, beside what is begun."""
        return self.ledger.affordable(column, begun) >= 1.0 - 1e-9

    def _by_then(self, columns: list[tuple[int, int]], period: int, begun: dict[int, float]) -> bool:
        """Return whether one of these columns, told with their periods, is 1 by then, or is to be."""
        return any(
            when <= period and (self.ledger.x[column] > 0.5 or column in begun) for when, column in columns
        )


def _by_presence(options: pd.DataFrame, unmet: np.ndarray) -> dict[int, list[tuple[int, ...]]]:
    """Return of each presence the columns of the people whom it could serve: unmet, served, option used."""
    tied = options[options["presence"] != BLANK]
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for n, presence, served, used in _lines(tied, "n", "presence", "served", "used"):
        found[presence].append((int(unmet[n]), served, used))
    return found


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
