"""The calendar of a mission: period numbers and dates, as periods or as days since the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EXACT = 1e-9
"""Share of a period that does not count: 33 days are 15 periods of 2.2 days, but not in floating point."""


@dataclass(frozen=True)
class Calendar:
    """Periods 1 to ``periods`` of ``period_days`` days each, the first of which begins on ``start``."""

    start: date | None
    periods: int
    period_days: float

    def periods_of(self, moments: pd.Series[str], blank: int) -> NDArray[np.int64]:
        """Return the period that each moment names or falls into.

        Parameters
        ----------
        moments
            Text: a period number, an ISO date, or ``""``.
        blank
            The period that a blank means.

        Returns
        -------
        Below 1 before the start, above ``periods`` after the end.
        """
        periods = _each(moments, self._period, float(blank))
        return periods.astype(np.int64)

    def last_periods(self, moments: pd.Series[str]) -> NDArray[np.float64]:
        """Return the last period that ends by the end of each moment; NaN if blank, 0 if there is none.

        For what perishes a period counts whole or not at all, other than for `periods_of`.
        """
        return _each(moments, self._last_period, np.nan)

    def days(self, moments: pd.Series[str], end: bool) -> NDArray[np.float64]:
        """Return the days from the start of period 1 to the begin (or end) of each moment; NaN if blank."""
        return _each(moments, lambda moment: self._days(moment, end), np.nan)

    def _period(self, moment: str) -> float:
        if "-" not in moment:
            return int(moment)
        return floor(self._days(moment, end=False) / self.period_days + EXACT) + 1

    def _last_period(self, moment: str) -> float:
        if "-" not in moment:
            return int(moment)
        return max(0, floor(self._days(moment, end=True) / self.period_days + EXACT))

    def _days(self, moment: str, end: bool) -> float:
        if "-" not in moment:
            return (int(moment) - (0 if end else 1)) * self.period_days
        if self.start is None:
            return float("nan")
        return (date.fromisoformat(moment) - self.start).days + (1 if end else 0)


def _each(moments: pd.Series[str], value: Callable[[str], float], blank: float) -> NDArray[np.float64]:
    codes, distinct = pd.factorize(moments)
    texts: NDArray[Any] = np.asarray(distinct, dtype=object)
    values = np.array([blank if text == "" else value(text) for text in texts], dtype=np.float64)
    return values.take(codes)
