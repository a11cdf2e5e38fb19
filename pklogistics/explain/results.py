"""What an explanation says: tables by label, ready to be shown or written. Knows no model and no solver."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

SHORTFALL_COLUMNS = (
    *("site", "activity", "sector", "period", "severity", "unmet", "weighted"),
    *("kind", "reason", "people", "proven"),
)
"""A line per shortfall, the gravest first.

``kind`` names what binds, joined by " + " where several limits bind together; ``reason`` says it in words;
``people`` would be served in addition if just that were relaxed (where these are some of a shortfall, the
reason tells beside it what all of them lack, if that takes more); ``proven`` tells whether this follows from
the rows of the program by arithmetic.
"""

LIMIT_COLUMNS = (
    *("shortfall", "kind", "table", "column", "organisation", "unit", "fund", "activity", "sector", "site"),
    *("region", "depot", "place", "origin", "destination", "mode", "vehicle", "commodity", "period", "row"),
    *("keys", "amount", "measure", "words"),
)
"""A line per limit that binds a shortfall (its line in the other table).

Where it stands, how much is missing; ``keys`` are how changes (``--set``) name the rows of its table.
"""

VALUE_COLUMNS = (
    *("kind", "name", "table", "column", "amount", "measure", "people", "weighted", "least", "most"),
    *("further", "confirmed", "step", "confirmed_people", "confirmed_mandates", "at_least"),
    "set",
    *(
        "fund",
        "organisation",
        "unit",
        "activity",
        "site",
        "region",
        "depot",
        "place",
        "origin",
        "destination",
    ),
    *("mode", "vehicle", "commodity", "period"),
)
"""A line per scarce thing, the most valuable first; ``name`` and the columns at the end tell which.

``people`` and ``weighted`` are what one more unit serves, for as long as no more than ``most`` is added
(``further``: or more than that; its end was not found) and no more than ``least`` taken away (blank: not
looked into for lack of time). ``confirmed`` is the same, measured by solving again with ``step`` more. All
are what is gained at least: who is present and where units stand is decided anew only where that is what the
thing is for. Prices leave broken mandates as they are. Solved again they come first, as in a search: less
need may then be met, or more be unmet, for the people by whom mandates are broken less,
``confirmed_mandates`` each; of one more of what comes whole, by the exact program of one site.

Where ``most`` is 0 the figures are those of ``step`` at once, divided by it. Less may be worth less each, or
nothing; if it is worth something, that is a line of its own. ``at_least``: one site was looked at alone, and
more may be gained if others change as well. Where ``confirmed`` is blank there was no time to solve again, or
others count for more: then ``weighted`` is what the prices say, which at a limit that is just used up is more
than one more gains. ``set`` is the step more as ``--set`` takes it, rounded up (without a step one, or a
hundredth of what there is); blank where it takes more than one row of the tables.
"""

STUCK_COLUMNS = (
    *("fund", "left", "added", "confirmed_added", "unearmarked", "gain", "confirmed_gain", "step"),
    *("begins", "needed_by"),
)
"""A line per fund: severity-weighted need met by a dollar added, and by one of its dollars un-earmarked.

``gain`` is how much more an un-earmarked dollar meets than it does where it is. The confirmed figures are the
same a dollar, measured by solving again with ``step`` more, or as much un-earmarked. Where ``begins`` is set
a dollar gains nothing by what is there, but enough of them at once may begin something new, such as a base:
what that gains is not known, and ``unearmarked``, ``gain`` and ``confirmed_gain`` are blank.
"""

CONFLICT_COLUMNS = ("conflict", "rule", "table", "words", "change", "set", "joint")
"""A line per row of the tables in a conflict, numbered; with what to change it to, where that is cheapest.

``set`` is that change as ``--set`` takes it, blank where it is made by hand: a row that goes or comes.
Changes with the same number as ``joint`` are made together; it is 0 where one is enough, or not known to be.
"""


_SAID_IN_NAMES = (
    *("fund", "organisation", "unit", "activity", "sector", "site", "region", "depot", "place"),
    *("origin", "destination", "mode", "vehicle", "commodity", "group"),
)


def named(thing: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """Return the labels that tell a scarce thing, each with what it is a label of: a site, its period."""
    parts = [
        (name, str(thing[name]))
        for name in _SAID_IN_NAMES
        if _said(thing.get(name)) and not (name == "region" and _said(thing.get("site")))
    ]
    period = thing.get("period")
    return [*parts, ("period", f"period {int(float(str(period)))}")] if _said(period) else parts


def _said(label: object) -> bool:
    return not (label in (None, "", 0) or (isinstance(label, float) and math.isnan(label)))


@dataclass(frozen=True)
class Explanation:
    """Why a plan is as it is.

    Attributes
    ----------
    shortfalls, limits, values, stuck, conflicts : tables, with the columns named above
    limits_of_all : as ``limits``, of what all of a shortfall lacks, where its reason tells that beside what
        some of it lack
    currency : unit of all money
    seconds : wall-clock time by part; conflicts are looked for beside shortfalls
    notes : sentences on what could not be told, and why
    interrupted : whether a Ctrl-C ended it before its time
    """

    shortfalls: pd.DataFrame
    limits: pd.DataFrame
    values: pd.DataFrame
    stuck: pd.DataFrame
    conflicts: pd.DataFrame
    limits_of_all: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LIMIT_COLUMNS)))
    currency: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    interrupted: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return everything as values that JSON can hold; numbers that are not finite become null."""
        tables = ("shortfalls", "limits", "limits_of_all", "values", "stuck", "conflicts")
        return {
            **{name: _records(getattr(self, name)) for name in tables},
            "currency": self.currency,
            "seconds": dict(self.seconds),
            "notes": list(self.notes),
            "interrupted": self.interrupted,
        }


ALIKE = 1e-4
"""Bounds that differ by no more than this, relative to the value, are the same but for tolerances."""


@dataclass(frozen=True)
class Proof:
    """What is proven of one tier.

    Attributes
    ----------
    tier : its name
    value : of the plan, recomputed from its tables
    reported : the bound that the plan carries, minus infinity if none
    proven : the bound proven here, minus infinity if none
    gap : of value and ``proven``, relative to the value; infinite if nothing is proven
    by : the solver that proved: of the prices, or of the blocks at the prices that the plan carries
    rest : what of the reported bound was not proven here, in the unit of the tier
    prices : ``plan`` if they are those that the plan carries, ``linear program`` if they were made anew
    parts : of the program that the plan's prices are of, 0 if the prices are not the plan's
    finished : whether all was priced that decides; where it was not, more time may prove more
    interrupted : whether it was not for a Ctrl-C
    note : why the plan's prices were of no use, empty if they were, or if it has none
    held_at : the most that the tier may come to in the plans of which later tiers are bounded; None for the
        last, and where it has no tolerance: then it is no more than the plan's value
    """

    tier: str
    value: float
    reported: float
    proven: float
    gap: float
    by: str
    rest: float
    prices: Literal["plan", "linear program"] = "linear program"
    parts: int = 0
    finished: bool = True
    interrupted: bool = False
    note: str = ""
    held_at: float | None = None


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
