"""When a step of explaining ends: at a moment, or at a Ctrl-C."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

from pklogistics.solve.monitor import Interrupt
from pklogistics.solve.small import Effort

_LEAST = 0.1
"""Seconds that a solver is given at least."""


@dataclass(frozen=True)
class Deadline:
    """The end of a step: a moment, in seconds of ``time.monotonic()``, or a Ctrl-C before it."""

    moment: float = math.inf
    interrupt: Interrupt = field(default_factory=Interrupt)

    @property
    def passed(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.interrupt.pressed or time.monotonic() > self.moment

    @property
    def why(self) -> str:
        """Why something was left undone."""
        return "it was interrupted" if self.interrupt.pressed else "no time was left"

    def sooner(self, moment: float) -> Deadline:
        """Return another end, by the same Ctrl-C or an earlier moment."""
        return replace(self, moment=min(moment, self.moment))

    def part(self, share: float) -> Deadline:
        """Return the end of the first part of what is left, a half for a share of 0.5."""
        now = time.monotonic()
        return self.sooner(now + share * (self.moment - now))

    def turn(self, of: int, least: float) -> Deadline:
        """Return the end of the first of so many equal turns, of ``least`` seconds if that is more."""
        return self.sooner(max(self.part(1.0 / of).moment, time.monotonic() + least))

    def effort(self, most: float, share: int = 2) -> Effort:
        """Return the effort of one solve: a share of what is left (two solvers may take it), or ``most``."""
        left = 0.0 if self.interrupt.pressed else self.moment - time.monotonic()
        return Effort(seconds=max(_LEAST, min(most, left / share)), interrupt=self.interrupt)
