"""The two files of the format ``reliefops``: scenarios by month, and the configuration of the simulator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pklogistics.errors import Problem
from pklogistics.exchange.errors import FormatError, refusal
from pklogistics.exchange.files import read_lines, read_text
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.wording import quoted

YEAR = 12
HEAD = 4
"""Rows before the scenarios: how many of them, how many months, the first month, the labels."""
REQUIRED = ("refugee", "price")

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Months = Annotated[int, Field(ge=1)]


class Config(BaseModel):
    """What ``simconfig.json`` says under ``simulator``, as far as perfect foresight needs it."""

    model_config = ConfigDict(frozen=True)

    skip: Annotated[int, Field(ge=0)] = 0
    length: Months
    budget: Amount
    storage_limit_age: Months
    safety_stock: Amount
    safety_stock_limit_age: Months
    refugee_to_demand: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    min_govt_buy_price: Amount = 0.0

    @model_validator(mode="after")
    def _safety_stock_may_be_stored(self) -> Config:
        if self.safety_stock_limit_age > self.storage_limit_age:
            raise ValueError("safety_stock_limit_age is greater than storage_limit_age")
        return self


@dataclass(frozen=True)
class Scenarios:
    """A scenario file.

    Attributes
    ----------
    file : str
        Its name.
    start : str
        Name of the first month.
    months : int
        How many there are.
    rows : tuple of Mapping
        For each scenario the values by label, one a month.
    """

    file: str
    start: str
    months: int
    rows: tuple[Mapping[str, tuple[float, ...]], ...]

    def month(self, at: int) -> int:
        """Return the month, counted from 0, whose data stand for month ``at``; the first year repeats.

        Raises
        ------
        FormatError
            If the file holds no whole year to repeat.
        """
        month = at if at < self.months else at % YEAR
        if month >= self.months:
            raise refusal(self.file, f"holds {self.months} months, but the configuration asks for {at + 1}")
        return month


def read_config(path: Path) -> Config:
    """Read ``simconfig.json``; raises `FormatError`."""
    file = path.name
    try:
        document: Any = json.loads(read_text(path, file))
    except json.JSONDecodeError as error:
        raise refusal(file, f"is no JSON: {error.msg}", row=error.lineno) from None
    section = document.get("simulator") if isinstance(document, dict) else None
    if not isinstance(section, dict):
        raise refusal(file, "has no section 'simulator'; expected the simconfig.json of the scenarios")
    try:
        return Config.model_validate(section)
    except ValidationError as error:
        raise FormatError([_problem(file, each) for each in error.errors()]) from None


def _problem(file: str, error: Any) -> Problem:
    name = ".".join(["simulator", *(str(part) for part in error["loc"])])
    value = None if error["type"] == "missing" or not error["loc"] else str(error["input"])
    message = error["msg"].removeprefix("Value error, ")
    told = f"is {quoted(value)}: {message}" if value is not None else message
    return Problem("error", file, None, name, value, f"{name}: {told}")


def read_scenarios(path: Path) -> Scenarios:
    """Read a scenario file; raises `FormatError`."""
    file = path.name
    lines = read_lines(path, file)
    if len(lines) < HEAD or any(not line for line in lines[:HEAD]):
        expected = "the numbers of scenarios and months, the first month, and the labels"
        raise refusal(file, f"ends or is blank within the first {HEAD} rows; expected {expected}")
    count, months = (_count(file, lines, row) for row in (1, 2))
    labels = _labels(file, lines[HEAD - 1])
    if len(lines) != HEAD + count * len(labels):
        told = f"has {len(lines) - HEAD} rows of data; expected {count} scenarios of {len(labels)} rows"
        raise refusal(file, told)
    values = [_values(file, lines, row, months) for row in range(HEAD + 1, len(lines) + 1)]
    blocks = [values[at : at + len(labels)] for at in range(0, len(values), len(labels))]
    rows = tuple(dict(zip(labels, block, strict=True)) for block in blocks)
    return Scenarios(file, lines[2][0], months, rows)


def _count(file: str, lines: list[list[str]], row: int) -> int:
    text = ",".join(lines[row - 1])
    if not (text.isascii() and text.isdecimal() and int(text)):
        what = {1: "the number of scenarios", 2: "the number of months"}[row]
        raise refusal(file, f"is {quoted(text)}; expected {what}", row, text)
    return int(text)


def _labels(file: str, labels: list[str]) -> list[str]:
    for name in REQUIRED:
        if name not in labels:
            told = f"has no label '{name}'{did_you_mean(name, labels)}; expected {', '.join(REQUIRED)}"
            raise refusal(file, told, HEAD, ",".join(labels))
    if len(set(labels)) < len(labels):
        raise refusal(file, "has a label twice; keep one", HEAD, ",".join(labels))
    return labels


def _values(file: str, lines: list[list[str]], row: int, months: int) -> tuple[float, ...]:
    cells = lines[row - 1]
    if len(cells) != months:
        raise refusal(file, f"has {len(cells)} values; expected one for each of {months} months", row)
    return tuple(_value(file, cell, row, month) for month, cell in enumerate(cells, start=1))


def _value(file: str, cell: str, row: int, month: int) -> float:
    try:
        value = float(cell) if "_" not in cell else float("nan")  # Python would read 1_000.
    except ValueError:
        value = float("nan")
    if not (isfinite(value) and value >= 0):
        told = f"month {month} is {quoted(cell) if cell else 'blank'}; expected a number of 0 or more"
        raise refusal(file, told, row, cell)
    return value
