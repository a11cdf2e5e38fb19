"""The calendar of a mission in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pklogistics.instance.mission import Mission
from pklogistics.report import words


def calendar(mission: Mission) -> str:
    """Return "3 periods of 30 days, 1 April 2011 to 29 June 2011", as far as it is known."""
    header = mission.header
    count = f"{words.counted(mission.T, 'period')} of {words.counted(header.period_days, 'day')}"
    if header.start is None:
        return count
    try:
        end = header.start + timedelta(days=math.ceil(mission.T * header.period_days) - 1)
    except OverflowError:
        return f"{count}, from {_day(header.start)}"
    return f"{count}, {_day(header.start)} to {_day(end)}"


def period_dates(mission: Mission, periods: Sequence[int]) -> list[str]:
    """Return the first day of each period, such as "1 April 2011"; blank where it is not known."""
    header = mission.header
    if header.start is None:
        return [""] * len(periods)
    days = [math.floor((period - 1) * header.period_days) for period in periods]
    try:
        return [_day(header.start + timedelta(days=count)) for count in days]
    except OverflowError:
        return [""] * len(periods)


def _day(date: Any) -> str:
    return f"{date.day} {date:%B} {date.year}"
