"""What a table of a plan is: columns, in order, with type, unit and meaning.

Four kinds of columns: ``text`` (pandas ``str``, blank is ``""``), ``int`` (int64, never blank),
``float`` (float64, blank is NaN) and ``bool``. Counts are kept as ``float`` so that a plan that was
edited by hand to half a company can be read, and the checker can say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

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

    @cached_property
    def _nothing(self) -> pd.DataFrame:
        return pd.DataFrame({c.name: pd.Series([], dtype=DTYPES[c.kind]) for c in self.columns})

    @cached_property
    def _dtypes(self) -> list[Any]:
        return list(self._nothing.dtypes)

    def empty(self) -> pd.DataFrame:
        """Return the table without rows, with every column in its dtype."""
        return self._nothing.copy()

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
        if not len(frame):
            return self.empty()
        if self._is_conformed(frame):
            return frame.copy(deep=False)
        # Arrays, for there is no index to align.
        return pd.DataFrame({c.name: self._typed(c, frame[c.name]).array for c in self.columns})

    def _is_conformed(self, frame: pd.DataFrame) -> bool:
        """Tell whether there is nothing left to do: a plan is rebuilt whenever anything is added to it."""
        if not frame.columns.equals(self._nothing.columns) or list(frame.dtypes) != self._dtypes:
            return False
        if not frame.index.equals(pd.RangeIndex(len(frame))):
            return False
        texts = [column.name for column in self.columns if column.kind == "text"]
        return frame.empty or not frame[texts].isna().to_numpy().any()

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
    if pd.api.types.infer_dtype(values, skipna=False) == "string":
        return values.astype("str")
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

KNOWN: Mapping[str, Column] = {
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
        Column("commodity", "text", "", "commodity; blank where no one commodity is concerned"),
        Column("period", "int", "period", "period, from 1"),
        Column(
            "kind_of_cost",
            "text",
            "",
            "mobilisation, base, presence, service, procurement, transport, depot, route, deployment, "
            "sustainment",
        ),
        Column("fund", "text", "", "fund"),
        Column("account", "text", "", "cost lines that the same funds may pay share an account"),
    )
}
"""Columns that mean the same in many tables."""

MONEY = "mission currency"


def table(name: str, description: str, *columns: str | Column) -> PlanTable:
    """Return a table whose columns are given, or named among the known ones."""
    return PlanTable(name, description, tuple(KNOWN[c] if isinstance(c, str) else c for c in columns))


def number(name: str, unit: str, description: str) -> Column:
    """Return a column of numbers."""
    return Column(name, "float", unit, description)
