"""Tables and their columns, as the row models describe them.

`Table.columns` gathers what a row model says of each column, so that a column is checked as a vector from
the same source that words the errors of a single row.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pklogistics.instance.row import Aliases, Hxl, Is, Kind, Reference, Row, Unit


@dataclass(frozen=True)
class Column:
    """One column of a table, as its row model describes it."""

    name: str
    kind: Kind
    required: bool
    default: Any
    description: str
    unit: str | None = None
    reference: Reference | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None

    @classmethod
    def of(cls, attribute: str, info: FieldInfo) -> Column:
        """Gather what the field of a row model says about its column."""
        marks: dict[type, Any] = {type(mark): mark for mark in info.metadata}
        kind, choices = _kind(info.annotation, marks.get(Is))
        ge, gt, le = (marks.get(t) for t in (annotated_types.Ge, annotated_types.Gt, annotated_types.Le))
        return cls(
            name=info.alias or attribute,
            kind=kind,
            required=info.is_required(),
            default=None if info.default is PydanticUndefined else info.default,
            description=info.description or "",
            unit=marks[Unit].text if Unit in marks else None,
            reference=marks.get(Reference),
            aliases=marks[Aliases].names if Aliases in marks else (),
            tags=marks[Hxl].tags if Hxl in marks else (),
            choices=choices,
            minimum=ge.ge if ge else None,
            above=gt.gt if gt else None,
            maximum=le.le if le else None,
        )

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in ("float", "int")

    @property
    def is_text(self) -> bool:
        """Whether the column stands as text in a mission's tables."""
        return self.kind not in ("float", "int", "bool")


def _kind(annotation: Any, mark: Is | None) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Literal:
        return "choice", tuple(get_args(annotation))
    if annotation in (float, int, bool):
        return annotation.__name__, ()
    if mark is None:
        raise TypeError(f"{annotation} is not a type of column")
    return mark.kind, ()


@dataclass(frozen=True)
class Table:
    """One table of a mission.

    Attributes
    ----------
    name : str
        Name of the file (without suffix), sheet or JSON entry.
    family : str
        The family of rules that the table belongs to.
    model : type[Row]
        What a row is.
    key : tuple of str
        Columns that no two rows may share; empty where rows may repeat.
    required : bool
        Whether a mission must have the table.
    filled : bool
        Whether it must have at least one row.
    """

    name: str
    family: str
    model: type[Row]
    key: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the schema."""
        return tuple(Column.of(name, info) for name, info in self.model.model_fields.items())

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}
