"""A plan that grows move by move.

Each move is made if every rule still holds and somebody pays, or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from pklogistics.explain.limits import rows
from pklogistics.explain.limits.kinds import BY_NAME, MANDATES
from pklogistics.model.build import Model
from pklogistics.model.program import Floats

_ELASTIC = (*rows.MANDATES, *(row for name in MANDATES for row in BY_NAME[name].rows))
"""Mandates: they may be broken, and are reported where they are."""

_ROUNDING = 1e-7


class Ledger:
    """The point of a growing plan, the activity of its rows, and what is left of every fund.

    ``unchecked`` names further groups of rows that are left to a later step.
    """

    def __init__(self, model: Model, x: Floats, unchecked: Iterable[str] = ()) -> None:
        program, assembly = model.program, model.assembly
        self.x = x
        columns = program.matrix.tocsc()
        self._starts, self._rows, self._entries = columns.indptr.tolist(), columns.indices, columns.data
        self.activity = program.matrix @ x
        self._lower, self._upper = program.row_lower.copy(), program.row_upper.copy()
        for group in program.row_groups:
            if group.name in (*_ELASTIC, *rows.IMPLIED, *unchecked):
                self._lower[group.index], self._upper[group.index] = -np.inf, np.inf
            if group.name in BY_NAME["unit_rule"].rows:  # Its minimum is a mandate, its maximum a rule.
                self._lower[group.index] = -np.inf
        self._col_upper = program.col_upper
        self._costs: dict[int, list[tuple[tuple[int, int], float]]] = defaultdict(list)
        self._payers: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        self._paying = assembly.mission.has("funds")
        if self._paying:
            lines = assembly.lines
            for column, account, period, rate in zip(
                *(lines[name].tolist() for name in ("column", "account", "period", "rate")), strict=True
            ):
                self._costs[column].append(((account, period), rate))
            payments = assembly.payments.sort_values("fund", kind="stable")
            for fund, account, period, paid in zip(
                *(payments[name].tolist() for name in ("fund", "account", "period", "paid")), strict=True
            ):
                self._payers[(account, period)].append((fund, paid))
        self.left = assembly.mission.frame("funds")["amount"].to_numpy(float).tolist()

    def room(self, column: int, but: frozenset[int] = frozenset()) -> float:
        """Return by how much a column can rise before a row or its bound stops it; rows in ``but`` aside."""
        most = float(self._col_upper[column] - self.x[column])
        for at in range(self._starts[column], self._starts[column + 1]):
            row, entry = int(self._rows[at]), float(self._entries[at])
            if row in but:
                continue
            side = (
                self._upper[row] - self.activity[row] if entry > 0 else self.activity[row] - self._lower[row]
            )
            most = min(most, max(0.0, float(side)) / abs(entry))
        return most

    def affordable(self, column: int, spent: Mapping[int, float]) -> float:
        """Return by how much a column can rise before the funds that may pay it are used up.

        ``spent`` are other columns that rise with it, and by how much: they are paid first.
        """
        before = self._paid(spent)
        if before is None:
            return 0.0
        most = np.inf
        for key, rate in self._costs.get(column, ()):
            money = sum(before[1][fund] for fund, _ in self._payers.get(key, ()))
            most = min(most, money / rate)
        return float(most)

    def move(self, changes: Mapping[int, float]) -> bool:
        """Raise columns by these amounts and pay for it.

        Change nothing and say no if any rule would break.
        """
        paid = self._paid(changes)
        if paid is None:
            return False
        whole = {**changes, **paid[0]}
        rows: dict[int, float] = defaultdict(float)
        for column, by in whole.items():
            value = self.x[column] + by
            if value > self._col_upper[column] + _ROUNDING * (1 + abs(value)) or value < -_ROUNDING:
                return False
            for at in range(self._starts[column], self._starts[column + 1]):
                rows[int(self._rows[at])] += float(self._entries[at]) * by
        for row, by in rows.items():
            after = self.activity[row] + by
            give = _ROUNDING * (1 + abs(after))
            if after > self._upper[row] + give and by > 0:
                return False
            if after < self._lower[row] - give and by < 0:
                return False
        for column, by in whole.items():
            self.x[column] += by
        for row, by in rows.items():
            self.activity[row] += by
        self.left = paid[1]
        return True

    def _paid(self, changes: Mapping[int, float]) -> tuple[dict[int, float], list[float]] | None:
        """Return what which fund pays, first come first served, and what is left.

        None if it is not enough.
        """
        if not self._paying:
            return {}, self.left
        due: dict[tuple[int, int], float] = defaultdict(float)
        for column, by in changes.items():
            for key, rate in self._costs.get(column, ()):
                due[key] += rate * by
        left, paid = list(self.left), dict[int, float]()
        for key, amount in due.items():
            rest = amount
            for fund, column in self._payers.get(key, ()):
                part = min(left[fund], rest)
                if part > 0:
                    paid[column] = paid.get(column, 0.0) + part
                    left[fund] -= part
                    rest -= part
            if rest > _ROUNDING * max(1.0, amount):
                return None
        return paid, left
