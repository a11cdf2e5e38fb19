"""What the checker answers: the rules that a plan breaks, and the tiers as recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Violation:
    """One rule that the plan breaks at one place.

    ``rule`` is the rule's name (``"N1"``, ``"C7"``, ``"S3"`` ...), or one of ``"labels"``, ``"numbers"``,
    ``"duplicates"``, ``"tables"`` and ``"tiers"`` where the plan contradicts the mission's names or itself.
    ``keys`` names the place (site, organisation, ...) by label; ``period`` is None where the rule has no
    period. ``amount`` says by how much the rule is broken, in ``unit``; it is never negative.
    """

    rule: str
    keys: Mapping[str, str | int]
    period: int | None
    amount: float
    unit: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain types only, ready for JSON."""
        return {
            "rule": self.rule,
            "keys": dict(self.keys),
            "period": self.period,
            "amount": self.amount,
            "unit": self.unit,
            "message": self.message,
        }


@dataclass(frozen=True)
class Report:
    """The checker's answer: every violation, and the value of each tier recomputed from the decisions."""

    violations: tuple[Violation, ...]
    tiers: Mapping[str, float]

    @property
    def ok(self) -> bool:
        """True if the plan keeps every rule and tells the truth about itself."""
        return not self.violations

    def to_frame(self) -> pd.DataFrame:
        """Return a row per violation: rule, keys (as text), period, amount, unit, message."""
        rows = [
            {
                **violation.to_dict(),
                "keys": "; ".join(f"{key}={value}" for key, value in violation.keys.items()),
            }
            for violation in self.violations
        ]
        frame = pd.DataFrame(rows, columns=["rule", "keys", "period", "amount", "unit", "message"])
        return frame.astype({"period": "Int64", "amount": float})

    def to_dict(self) -> dict[str, Any]:
        """Return plain types only, ready for JSON."""
        return {
            "ok": self.ok,
            "tiers": dict(self.tiers),
            "violations": [violation.to_dict() for violation in self.violations],
        }
