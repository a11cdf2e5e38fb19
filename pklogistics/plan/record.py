"""What a plan says of itself beside its tables, as JSON: the certificate, and what columns mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pklogistics.errors import PlanError
from pklogistics.plan.certificate import Certificate, understood, written
from pklogistics.plan.plan import Plan, TierResult
from pklogistics.plan.tables import TABLES

FORMAT = 1
"""Version of the saved form; a plan of a later version is refused, with a message."""

RATHER_A_MISSION = "; it is a mission, of which `pklogistics solve` makes a plan"
"""Follows on the message that something is not a plan, where it is known to be a mission."""


def record_of(plan: Plan) -> dict[str, Any]:
    """Return the attributes of a plan, without its tables, as values that JSON can hold.

    Numbers that are not finite (nothing proven) become null.
    """
    return {
        "format": FORMAT,
        "mission": plan.mission,
        "changes": list(plan.changes),
        "status": plan.status,
        "stopped": plan.stopped,
        "solver": plan.solver,
        "created_by": plan.created_by,
        "currency": plan.currency,
        "tiers": [tier_record(tier) for tier in plan.tiers],
        "seconds": dict(plan.seconds),
        "violations": None if plan.violations is None else list(plan.violations),
        "notes": list(plan.notes),
        "names": {kind: dict(names) for kind, names in plan.names.items()},
        "certificate": written(plan.certificate) if isinstance(plan.certificate, Certificate) else None,
    }


def tier_record(tier: TierResult) -> dict[str, Any]:
    """Return a tier as values that JSON can hold."""
    return {
        "name": tier.name,
        "value": finite(tier.value),
        "bound": finite(tier.bound),
        "gap": finite(tier.gap),
        "seconds": tier.seconds,
        "stopped": tier.stopped,
        "held_at": None if tier.held_at is None else finite(tier.held_at),
    }


def finite(number: float) -> float | None:
    """Return a number, or None where JSON has no word for it."""
    return number if math.isfinite(number) else None


def attributes_of(record: Any, place: str) -> dict[str, Any]:
    """Return the attributes of `Plan`, without its tables, from what `record_of` returned.

    ``place`` is where it stands, for what is wrong with it. A certificate that is damaged does not keep the
    rest from being read.

    Raises
    ------
    PlanError
        If it is not the record of a plan, or one of a later format.
    """
    if not isinstance(record, Mapping) or "format" not in record:
        raise PlanError("this is not a plan of pklogistics")
    if record["format"] != FORMAT:
        raise PlanError(
            f"the plan has format {record['format']}, and this version reads format {FORMAT}:"
            " use the version of pklogistics that wrote it"
        )
    try:
        violations, certificate = record["violations"], record.get("certificate")
        return {
            **{name: str(record[name]) for name in ("mission", "status", "stopped")},
            **{name: str(record[name]) for name in ("solver", "created_by", "currency")},
            "tiers": tuple(_tier(tier) for tier in record["tiers"]),
            "seconds": {str(phase): float(spent) for phase, spent in record["seconds"].items()},
            "violations": None if violations is None else tuple(dict(found) for found in violations),
            "notes": tuple(str(note) for note in record["notes"]),
            "changes": tuple(str(change) for change in record.get("changes") or ()),
            "names": _names(record.get("names", {})),  # Plans of earlier versions have none.
            "certificate": None if certificate is None else understood(certificate, place),
        }
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise PlanError(f"the record of the plan is damaged ({place}): {error!r}") from None


def _names(record: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {str(kind): {str(k): str(name) for k, name in names.items()} for kind, names in record.items()}


def _tier(record: Mapping[str, Any]) -> TierResult:
    def number(key: str, missing: float) -> float:
        return missing if record[key] is None else float(record[key])

    return TierResult(
        name=str(record["name"]),
        value=number("value", math.nan),
        bound=number("bound", -math.inf),
        gap=number("gap", math.inf),
        seconds=number("seconds", 0.0),
        stopped=str(record["stopped"]),
        held_at=None if record.get("held_at") is None else number("held_at", math.nan),
    )


def column_notes() -> dict[str, Any]:
    """Return what every table and column means, and in which unit, for whoever opens the file."""
    return {
        table.name: {
            "description": table.description,
            "columns": {
                c.name: f"{c.description} [{c.unit}]" if c.unit else c.description for c in table.columns
            },
        }
        for table in TABLES.values()
    }
