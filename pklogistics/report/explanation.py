"""What an explanation adds to a report: why, what one more of anything would change, and against what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd


def _none() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False)
class Explanation:
    """Plain tables for the page, each shown if it has rows; columns are shown in the order that they have.

    Attributes
    ----------
    shortfalls : DataFrame
        Why people are left without, the gravest first: site, activity, unmet (people), reason, and what
        else is known of a shortfall. It takes the place of the reasons in the plan.
    values : DataFrame
        What one more of each scarce thing would change, the most valuable first: what (it is), unit (one
        more of what), people (more served), need (weighted need less), up_to (how many it holds for),
        confirmed (people, by solving anew; NaN where that was not done).
    rule_of_thumb : DataFrame
        The plan beside the rule of thumb: measure, unit, plan, rule_of_thumb.
    one_more_dollar : str
        One sentence on what one more unit of money does, for those who read nothing else.
    against_rule : str
        One sentence on what the plan gains over the rule of thumb.
    notes : sequence of str
        What must be known to read the tables.
    """

    shortfalls: pd.DataFrame = field(default_factory=_none)
    values: pd.DataFrame = field(default_factory=_none)
    rule_of_thumb: pd.DataFrame = field(default_factory=_none)
    one_more_dollar: str = ""
    against_rule: str = ""
    notes: Sequence[str] = ()


NO_EXPLANATION = Explanation()
"""Adds nothing."""
