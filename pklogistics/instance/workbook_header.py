"""The header of a mission as pairs of dotted keys and values, for the sheet ``mission`` of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pklogistics.instance.findings import Findings
from pklogistics.instance.header import LISTS
from pklogistics.instance.row import split_names
from pklogistics.instance.wording import quoted

Pair = tuple[str, Any]


def pairs_of_header(document: dict[str, Any]) -> list[Pair]:
    """Return a header as dotted keys with text, numbers and flags as values."""
    return list(_flat("", document))


def _flat(place: str, value: Any) -> list[Pair]:
    if isinstance(value, dict):
        dot = f"{place}." if place else ""
        return [pair for name, part in value.items() for pair in _flat(f"{dot}{name}", part)]
    if isinstance(value, list):
        if all(_joins(part) for part in value):
            return [(place, "; ".join(str(part) for part in value))]
        return [pair for at, part in enumerate(value, start=1) for pair in _flat(f"{place}.{at}", part)]
    return [(place, value.isoformat() if isinstance(value, date) else value)]


def _joins(part: Any) -> bool:
    """Tell whether a value of a list can stand in one cell with others and be told apart again."""
    if isinstance(part, dict | list):
        return False
    return not isinstance(part, str) or split_names(part) == (part,)


def header_of_pairs(pairs: Sequence[tuple[str, str]], file: str, findings: Findings) -> dict[str, Any] | None:
    """Return the header that pairs of dotted keys and texts make up; keys that clash are problems."""
    document: dict[str, Any] = {}
    clashes = 0
    for key, text in pairs:
        path = key.split(".")
        node: Any = document
        for name in path[:-1]:
            node = node.setdefault(name, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict) or path[-1] in node:
            findings.error(file, f"key {quoted(key)} stands twice or within itself; keep one", None, key)
            clashes += 1
        elif text == "" and key != "sources":
            continue  # A key that is left blank is one that is left out.
        elif key in LISTS:
            node[path[-1]] = list(split_names(text))  # type: ignore[call-overload]  # Text gives a tuple.
        else:
            node[path[-1]] = text
    return None if clashes else _numbered(document)


def _numbered(node: Any) -> Any:
    """Turn sections whose keys are 1, 2, 3, … into lists."""
    if not isinstance(node, dict):
        return node
    parts = {name: _numbered(part) for name, part in node.items()}
    if parts and list(parts) == [str(at) for at in range(1, len(parts) + 1)]:
        return list(parts.values())
    return parts
