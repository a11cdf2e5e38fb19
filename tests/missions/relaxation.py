"""A tiny mission with one rule taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.missions.draft import Draft


@dataclass(frozen=True)
class Relaxation:
    """A mission with one rule fewer."""

    mission: str
    rule: str
    change: Callable[[Draft], Draft]
    tiers: Mapping[str, float]

    def __str__(self) -> str:
        return f"{self.mission} {self.rule}"
