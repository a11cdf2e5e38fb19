"""The keys of a header, with what they mean and what holds where they are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pklogistics.instance.header import Header, Policy
from pklogistics.instance.workbook_header import pairs_of_header


@dataclass(frozen=True)
class Key:
    """One key of a header; ``value`` is blank where the template leaves the default."""

    name: str
    value: Any
    meaning: str
    default: str


def keys_of(header: Header) -> list[Key]:
    """Return every key that a header may have, those of sections by their dotted names."""
    given = dict(pairs_of_header(header.as_document()))
    known: dict[str, FieldInfo] = {
        name: field for name, field in Header.model_fields.items() if name not in ("policy", "objective")
    }
    known |= {f"policy.{name}": field for name, field in Policy.model_fields.items()}
    keys = [
        Key(name, given.get(name), info.description or "", _default(info)) for name, info in known.items()
    ]
    tiers = "What counts, in order: mandate, need, cost, risk, change, waste."
    return [*keys, Key("objective.tiers", given.get("objective.tiers"), tiers, "mandate; need; cost")]


def _default(info: FieldInfo) -> str:
    value = info.default
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, tuple):
        return "; ".join(f"{part:g}" for part in value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def meaning(key: Key, notes: Mapping[str, str]) -> str:
    """Return what a key means, and why it is as it is in this template."""
    return " ".join(part for part in (key.meaning, notes.get(key.name, "")) if part)
