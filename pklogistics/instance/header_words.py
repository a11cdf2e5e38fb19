"""The words for a header that fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from pklogistics.instance.header import Header, Policy
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.objective import TERMS, Objective, Tier
from pklogistics.instance.texts import cell_text
from pklogistics.instance.wording import quoted

SECTIONS: Mapping[str, type[BaseModel]] = {"policy": Policy, "objective": Objective}


def header_problem(detail: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """Return the dotted key, the value and the message for one error of the header's model."""
    # People count from 1; the values of a list are numbered so in workbooks, too.
    path = [str(part + 1 if isinstance(part, int) else part) for part in detail["loc"] if part != "[key]"]
    key = ".".join(path)
    value = detail.get("input")
    shown = None if isinstance(value, dict | list | tuple) or value is None else str(value)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return key, None, f"key {quoted(key)} is not known{did_you_mean(key, _known_keys(path))}"
    if kind == "missing" and path[-1].isdecimal():
        place = ".".join(path[:-1])
        return place, None, f"{place} has fewer values than expected; give one for each level"
    if kind == "missing":
        return key, None, f"{key} is missing; {_missing(path)}"
    if kind == "literal_error" and {"terms", "weights"} & set(path):
        known = f"known are {', '.join(TERMS)}{did_you_mean(str(value), TERMS)}"
        return key, shown, f"{quoted(str(value))} is not a term of the objective; {known}"
    said = f"{key} is {quoted(shown)}; " if shown is not None else f"{key}: "
    return key, shown, said + _expected(kind, context, str(detail["msg"]))


def _missing(path: list[str]) -> str:
    if path[-1] == "terms":
        return f"a tier is named as one of {', '.join(TERMS)}, or has terms = {{need = 1.0}}, say"
    return f"add {path[-1]} = 1" if path[-1] == "format" else "add it"


def _known_keys(path: list[str]) -> list[str]:
    """Return the keys that could stand where the unknown one stands, and those of the sections."""
    if len(path) == 1:
        sections = [f"{section}.{name}" for section, model in SECTIONS.items() for name in model.model_fields]
        own = next((key for key in sections if key.endswith(f".{path[0]}")), None)
        return [own] if own else [*Header.model_fields, *sections]
    model: type[BaseModel] = Tier if path[:2] == ["objective", "tiers"] else SECTIONS.get(path[0], Header)
    return [".".join([*path[:-1], name]) for name in model.model_fields]


def _expected(kind: str, context: Mapping[str, Any], message: str) -> str:
    bounds = {
        "greater_than_equal": "expected {ge} or more",
        "less_than_equal": "expected {le} or less",
        "greater_than": "expected more than {gt}",
        "too_short": "expected at least {min_length} value",
        "too_long": "expected no more than {max_length} values",
        "value_error": "{error}",
    }
    numbers = {
        "float_parsing": "expected a number",
        "float_type": "expected a number",
        "finite_number": "expected a finite number",
        "int_parsing": "expected a whole number",
        "int_type": "expected a whole number",
        "int_from_float": "expected a whole number",
        "string_type": "expected text",
        "string_too_short": "expected text that is not blank",
        "tuple_type": "expected a list",
        "dict_type": "expected a section of keys",
        "model_type": "expected a section of keys",
        "model_attributes_type": "expected a section of keys",
    }
    if kind.startswith("date"):
        return "expected a date such as 2011-06-01"
    if kind in numbers:
        return numbers[kind]
    if kind in bounds:
        return bounds[kind].format(**{name: cell_text(value) for name, value in context.items()})
    return message[0].lower() + message[1:]
