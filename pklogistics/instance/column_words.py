"""What a column may hold, in a few words: for the schema on the command line and the notes of templates."""

from __future__ import annotations

from pklogistics.instance.table import Column

_KINDS = {
    "float": "number",
    "int": "whole number",
    "bool": "yes or no",
    "when": "period or date",
    "names": "several, with ; between",
}


def values_of(column: Column) -> str:
    """Return what a cell may hold: "number >= 0, people", "name in sites", "agreed, allowed or refused"."""
    if column.reference is not None:
        what = " or ".join(f"{place.column} in {place.table}" for place in column.reference.targets)
        return f"{what}; several with ; between" if column.kind == "names" else what
    if column.choices:
        return " or ".join([", ".join(column.choices[:-1]), column.choices[-1]]).removeprefix(" or ")
    words = _KINDS.get(column.kind, "text")
    limits = {">=": column.minimum, ">": column.above, "<=": column.maximum}
    bounds = ", ".join(f"{sign} {limit:g}" for sign, limit in limits.items() if limit is not None)
    unit = f", {column.unit}" if column.unit else ""
    return f"{words} {bounds}{unit}" if bounds else f"{words}{unit}"


def if_blank(column: Column) -> str:
    """Return what holds where a cell is blank: "required", a default, or nothing."""
    if column.required:
        return "required"
    if isinstance(column.default, bool):
        return "yes" if column.default else "no"
    if isinstance(column.default, float):
        return f"{column.default:g}"
    return "" if column.default is None or column.default == () else f"{column.default}"
