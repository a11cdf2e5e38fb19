"""Wording violations: from the rows of a coded table to sentences in the user's words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from pklogistics.check.names import Names
from pklogistics.check.report import Violation


def plain(number: float) -> str:
    """Return a number as people write it: thousands separated, no exponent, no idle zeros."""
    if math.isnan(number):
        return "blank"
    if abs(number) < 0.01 and number != 0:
        return f"{number:.2g}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def violations(
    names: Names, rule: str, rows: pd.DataFrame, keys: Sequence[str], unit: str, message: str
) -> list[Violation]:
    """Return a violation for each row.

    Parameters
    ----------
    names
        The mission's names, to turn codes back into labels.
    rule
        The name of the broken rule.
    rows
        The broken places; ``amount`` says by how much, ``period`` (if there) when.
    keys
        Columns that name the place; blank ones are left out of the violation's keys.
    unit
        Unit of the amount; it may name a column in braces.
    message
        A sentence with the names of columns in braces.
    """
    if rows.empty:
        return []
    labels = {name: names.label(name, rows[name].to_numpy()) for name in rows.columns if names.has(name)}
    found = []
    for record in rows.assign(**labels).to_dict("records"):
        place = {key: record[key] for key in keys if record[key] != ""}
        period = int(record["period"]) if record.get("period", 0) > 0 else None
        words = {str(k): plain(value) if isinstance(value, float) else value for k, value in record.items()}
        amount = float(record["amount"])
        found.append(
            Violation(rule, place, period, amount, unit.format_map(words), message.format_map(words))
        )
    return found
