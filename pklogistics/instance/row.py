"""The words in which the tables of a mission are described.

Every table has a row model (pydantic). The markers below stand in the ``Annotated`` type of a field next
to pydantic's own constraints, and say what pydantic has no word for: the unit, the column that a name
refers to, the HXL hashtags of the column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Kind = Literal["key", "label", "text", "float", "int", "bool", "choice", "when", "names"]
WHEN = re.compile(r"[0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
NAME = re.compile(r"[^;\n]+")


@dataclass(frozen=True)
class Unit:
    """Unit of a number, published in the JSON Schema as ``unit``."""

    text: str

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the unit to the published schema of the field."""
        return {**handler(core), "unit": self.text}


@dataclass(frozen=True)
class Reference:
    """The column whose names this column may hold, and another one whose names it may hold as well.

    ``mistaken`` is a column whose names are easily written here instead, and ``step`` what to do then.
    """

    table: str
    column: str
    also: Reference | None = None
    mistaken: Reference | None = None
    step: str = ""

    @property
    def targets(self) -> tuple[Reference, ...]:
        """All the columns whose names are known."""
        return (self, *(self.also.targets if self.also else ()))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the column referred to, or the list of them, to the published schema of the field."""
        places = [f"{target.table}.{target.column}" for target in self.targets]
        return {**handler(core), "references": places if self.also else places[0]}


@dataclass(frozen=True)
class Hxl:
    """HXL hashtags under which humanitarian files carry this column, the likeliest first."""

    tags: tuple[str, ...]

    def __init__(self, *tags: str) -> None:
        object.__setattr__(self, "tags", tags)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the hashtags to the published schema of the field."""
        return {**handler(core), "hxl": list(self.tags)}


@dataclass(frozen=True)
class Aliases:
    """Other headers under which the column is accepted."""

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)


@dataclass(frozen=True)
class Is:
    """What kind of text a text column holds, and how it stands in the JSON container."""

    kind: Kind
    json: Mapping[str, Any] | None = field(default=None, hash=False)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Replace the published schema where the container is wider than the model."""
        return handler(core) if self.json is None else dict(self.json)


def split_names(value: object) -> object:
    """Split ``"A; B"`` into names; anything but text is left to pydantic."""
    if not isinstance(value, str):
        return value
    return tuple(name for name in (part.strip() for part in value.split(";")) if name)


def _once_each(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("a name stands twice")
    return names


def _moment(text: str) -> str:
    if not WHEN.fullmatch(text):
        raise ValueError("neither a period nor a date")
    if "-" in text:
        date.fromisoformat(text)
    return text


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValueError("a name cannot hold ';' or a line break")
    return text


Key = Annotated[str, Is("key"), AfterValidator(_name)]
"""A name that other tables refer to; it cannot hold ``;``, which separates names in lists."""
Label = Annotated[str, Is("label")]
"""A word that groups rows; blanks around it do not count."""
Text = Annotated[str, Is("text")]
"""Free text, kept to the letter."""
When = Annotated[
    str,
    AfterValidator(_moment),
    Is(
        "when",
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^({WHEN.pattern})$"}]},
    ),
]
"""A period number, or an ISO date that counts for the period that contains it."""
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(split_names),
    AfterValidator(_once_each),
    Is("names", {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Names separated by ``;``."""


@dataclass(frozen=True)
class CellRule:
    """What the cells of one row must be among themselves.

    `broken` is written so that it holds for one row and for whole columns alike.
    """

    kind: Literal["exactly_one", "at_most_one", "together", "some", "ordered"]
    columns: tuple[str, ...]
    words: str

    def broken(self, values: Mapping[str, Any]) -> Any:
        """Tell where the rule is broken.

        Parameters
        ----------
        values
            For ``ordered`` the numbers of the columns (NaN = blank), else whether they are filled.
        """
        cells = [values[name] for name in self.columns]
        if self.kind == "ordered":
            return np.greater(cells[0], cells[1])
        count: NDArray[np.int64] = np.sum([np.asarray(cell, dtype=np.int64) for cell in cells], axis=0)
        if self.kind == "exactly_one":
            return count != 1
        if self.kind == "at_most_one":
            return count > 1
        if self.kind == "together":
            return (count > 0) & (count < len(cells))
        return count == 0


class Row(BaseModel):
    """Base of all row models: no unknown cells, no infinite numbers, and the rules between cells."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    rules_between_cells: ClassVar[tuple[CellRule, ...]] = ()

    @model_validator(mode="after")
    def _cells_agree(self) -> Row:
        values = self.model_dump(by_alias=True)
        for rule in self.rules_between_cells:
            if rule.kind == "ordered":
                cells = {c: np.nan if values[c] is None else values[c] for c in rule.columns}
            else:
                cells = {c: values[c] not in (None, "", ()) for c in rule.columns}
            if bool(rule.broken(cells)):
                raise ValueError(rule.words)
        return self
