"""The tables of a plan: their columns, in order, with type, unit and meaning.

Four kinds of columns: ``text`` (pandas ``str``, blank is ``""``), ``int`` (int64, never blank),
``float`` (float64, blank is NaN) and ``bool``. Counts are kept as ``float`` so that a plan that was
edited by hand to half a company can be read, and the checker can say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from pklogistics.errors import PlanError

Kind = Literal["text", "int", "float", "bool"]

DTYPES: Mapping[Kind, str] = MappingProxyType(
    {"text": "str", "int": "int64", "float": "float64", "bool": "bool"}
)
"""The pandas dtype of each kind of column."""


@dataclass(frozen=True)
class Column:
    """One column of a plan table; ``unit`` is blank for labels."""

    name: str
    kind: Kind
    unit: str
    description: str


@dataclass(frozen=True)
class PlanTable:
    """One table of a plan: a line of description and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, with every column in its dtype."""
        return pd.DataFrame({c.name: pd.Series([], dtype=DTYPES[c.kind]) for c in self.columns})

    def conformed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return ``frame`` with this table's columns in order and dtype, index 0..n-1.

        Raises
        ------
        PlanError
            If a column is missing or unknown, or holds values that its dtype cannot.
        """
        given = list(frame.columns)
        missing = [name for name in self.column_names if name not in given]
        unknown = [str(name) for name in given if name not in self.column_names]
        if missing or unknown or len(given) != len(set(given)):
            raise PlanError(
                f"plan table {self.name!r} must have the columns {', '.join(self.column_names)};"
                f" missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
            )
        rows = frame.reset_index(drop=True)
        return pd.DataFrame({c.name: self._typed(c, rows[c.name]) for c in self.columns})

    def _typed(self, column: Column, values: pd.Series) -> pd.Series:
        try:
            return _CONVERSIONS[column.kind](values)
        except (TypeError, ValueError) as error:
            raise PlanError(
                f"plan table {self.name!r}, column {column.name!r}:"
                f" must be {_EXPECTED[column.kind]} ({error})"
            ) from None


_EXPECTED: Mapping[Kind, str] = {
    "text": "text",
    "int": "whole numbers, none blank",
    "float": "numbers",
    "bool": "yes or no (true or false), none blank",
}


def _text(values: pd.Series) -> pd.Series:
    if values.dtype == "str":
        return values.fillna("")
    return values.astype(object).where(values.notna(), "").astype("str")


def _float(values: pd.Series) -> pd.Series:
    return values.astype("float64")


def _int(values: pd.Series) -> pd.Series:
    if values.dtype == "int64":
        return values
    numbers = values.astype("float64").to_numpy()
    wrong = ~np.isfinite(numbers) | (numbers != np.floor(numbers))
    if wrong.any():
        raise ValueError(f"row {int(wrong.argmax()) + 1} holds {values.iloc[int(wrong.argmax())]!r}")
    return values.astype("int64")


def _bool(values: pd.Series) -> pd.Series:
    if values.dtype == "bool":
        return values
    wrong = ~values.isin([True, False]).to_numpy()
    if wrong.any():
        raise ValueError(f"row {int(wrong.argmax()) + 1} holds {values.iloc[int(wrong.argmax())]!r}")
    return values.astype("bool")


_CONVERSIONS = {"text": _text, "int": _int, "float": _float, "bool": _bool}

_KNOWN = {
    column.name: column
    for column in (
        Column("site", "text", "", "site"),
        Column("activity", "text", "", "activity"),
        Column("sector", "text", "", "sector (cluster) of the activity"),
        Column("organisation", "text", "", "organisation; blank for force"),
        Column("unit", "text", "", "kind of unit; blank for organisations"),
        Column("modality", "text", "", "in_kind, cash, voucher or service; blank for force"),
        Column("scope", "text", "", "capability row used: site, region or anywhere; blank for force"),
        Column("region", "text", "", "region of the site"),
        Column("commodity", "text", "", "commodity; blank where no goods are bought or moved"),
        Column("period", "int", "period", "period, from 1"),
        Column("kind_of_cost", "text", "", "mobilisation, base, presence, service, deployment, sustainment"),
        Column("fund", "text", "", "fund"),
        Column("account", "text", "", "cost lines that the same funds may pay share an account"),
    )
}


def _table(name: str, description: str, *columns: str | Column) -> PlanTable:
    return PlanTable(name, description, tuple(_KNOWN[c] if isinstance(c, str) else c for c in columns))


def _number(name: str, unit: str, description: str) -> Column:
    return Column(name, "float", unit, description)


_COST_KEYS = ("kind_of_cost", "organisation", "unit", "activity", "sector", "site", "region", "commodity")
_MONEY = "mission currency"

TABLES: Mapping[str, PlanTable] = MappingProxyType(
    {
        table.name: table
        for table in (
            _table(
                "service",
                "Who serves how many people, with what, where and when.",
                *("site", "activity", "sector", "period", "organisation", "modality", "scope"),
                Column("post", "text", "", "site of the post that serves; blank for organisations"),
                _number("people", "people", "people served in the period"),
            ),
            _table(
                "presence",
                "Organisations at work: a row for each capability row in use.",
                *("organisation", "activity", "modality", "scope", "site", "period"),
                _number("people", "people", "people served; 0 where an agreement alone asks for presence"),
            ),
            _table(
                "bases",
                "Offices and stores kept open.",
                *("organisation", "site", "period"),
                Column("set_up", "bool", "", "set up in this period (base_cost is paid)"),
            ),
            _table("mobilisation", "Organisations called in, once.", "organisation", "period"),
            _table(
                "stationing",
                "Units at sites.",
                *("unit", "site", "period"),
                _number("count", "units", "whole units stationed"),
                _number("persons", "persons", "their persons"),
            ),
            _table(
                "moves",
                "Units that arrive and leave.",
                *("unit", "site", "period"),
                _number("arriving", "units", "whole units more than in the period before"),
                _number("leaving", "units", "whole units fewer than in the period before"),
                _number("persons", "persons", "persons of the arriving units"),
            ),
            _table(
                "costs",
                "Every cost line.",
                *(*_COST_KEYS, "period"),
                _number("amount", _MONEY, "cost of the line"),
                "account",
            ),
            _table(
                "payments",
                "Which fund pays which cost line.",
                *("fund", *_COST_KEYS, "period"),
                _number("amount", _MONEY, "paid by the fund"),
            ),
            _table(
                "accounts",
                "Cost lines grouped by the funds that may pay them.",
                "account",
                Column("funds", "text", "", "the funds that may pay, joined by '; '"),
                "period",
                _number("cost", _MONEY, "cost of the account in the period"),
            ),
            _table(
                "funds",
                "What is paid from each fund and what is left.",
                "fund",
                Column("donor", "text", "", "donor"),
                _number("amount", _MONEY, "amount of the fund"),
                _number("paid", _MONEY, "paid from it over all periods"),
                _number("left", _MONEY, "amount less paid"),
            ),
            _table(
                "coverage",
                "Who is reached of those in need.",
                *("site", "activity", "sector", "period"),
                _number("people", "people", "people in need"),
                _number("covered_by_others", "people", "of them served outside this plan"),
                _number("served", "people", "of them served by this plan"),
                _number("unmet", "people", "of them served by nobody"),
                _number("share", "share", "share of the people covered, those of others included (0-1)"),
            ),
            _table(
                "shortfalls",
                "Need that the plan does not cover.",
                *("site", "activity", "sector", "period"),
                _number("severity", "grade", "severity 1-5; blank: not graded"),
                _number("unmet", "people", "people served by nobody"),
                _number("weighted", "weighted people", "unmet times weight and severity factor"),
                Column("reason", "text", "", "why"),
            ),
            _table(
                "broken",
                "Mandates that the plan cannot keep.",
                Column("rule", "text", "", "N3 floor, C6 agreement, C9 handover, T3 post, Q1 impartiality"),
                *("organisation", "unit", "site", "region", "activity", "sector"),
                Column("period", "int", "period", "period, from 1; 0: over the whole horizon"),
                _number("amount", "measure", "how far the mandate is broken"),
                Column("measure", "text", "", "what the amount counts: people or persons"),
            ),
        )
    }
)
"""Every table of a plan by name, in order."""
