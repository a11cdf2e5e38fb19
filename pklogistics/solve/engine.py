"""Solves one piece in original units: scaled on the way in, unscaled on the way out."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

from pklogistics.model.program import Floats
from pklogistics.solve.backend import Backend, Limits, Outcome, Start, Watch
from pklogistics.solve.crew import Alone, Crew
from pklogistics.solve.glop import Glop
from pklogistics.solve.highs import Highs
from pklogistics.solve.monitor import Monitor, Patient
from pklogistics.solve.options import Options
from pklogistics.solve.piece import Piece
from pklogistics.solve.rest import Rest
from pklogistics.solve.scaling import Scaling
from pklogistics.solve.scip import Scip

_SPILL_SECONDS = 1.0
"""The cleaning after the last solve may overrun the time limit by this much."""


@dataclass
class Clock:
    """The time limit of the whole solve.

    Attributes
    ----------
    deadline : in seconds of ``time.monotonic()``, infinite for none
    cleaning : seconds that cleaning a solution took so far at most; kept free before the deadline
    """

    deadline: float
    cleaning: float = 0.0

    def left(self) -> float:
        """Return the seconds until the deadline, at least 0, infinite for no limit."""
        return max(0.0, self.deadline - time.monotonic())

    def share(self, tiers_left: int) -> float:
        """Return the deadline of a tier's solver, ``tiers_left`` counting this one.

        Half of what is left goes to this tier, all of it to the last: a hard tier cannot starve those that
        follow, and what it does not use flows on to them.
        """
        free = max(0.0, self.left() - 1.2 * self.cleaning)
        return time.monotonic() + free * (1.0 if tiers_left <= 1 else 0.5)


class Engine:
    """A backend, the scaling of one program, who prices its blocks, and what the user asked for.

    ``favourite`` is the solver whose bound was the better one in a tier before, None while that is not known.
    """

    def __init__(
        self,
        backend: Backend,
        scaling: Scaling,
        options: Options,
        monitor: Monitor,
        clock: Clock,
        crew: Crew | None = None,
    ) -> None:
        self.backend, self.monitor, self.options, self.clock = backend, monitor, options, clock
        self.crew: Crew = crew or Alone()
        self.favourite: str | None = None
        self._scaling = scaling

    def beside(self, backend: Backend, deadline: float) -> Engine:
        """Return an engine of its own for a second backend that works on the same program."""
        return Engine(backend, self._scaling, self.options, self.monitor, Clock(deadline))

    def solve(
        self,
        piece: Piece,
        deadline: float,
        start: Start,
        precision: float = 1e-7,
        watch: Watch | None = None,
        gap: float | None = None,
    ) -> Outcome:
        """Solve a piece with the chosen backend until a deadline, watched by the monitor or by ``watch``.

        ``gap`` takes the place of the one in the options.
        """
        limits = replace(self._limits(deadline), precision=precision)
        if gap is not None:
            limits = replace(limits, gap=gap)
        return self._run(self.backend, piece, limits, start, watch or self.monitor)

    def found(self) -> Floats | None:
        """Return the best point of the solve that runs now, unscaled and unchecked, if it can be had."""
        if not isinstance(self.backend, Highs | Scip):
            return None
        values = self.backend.found(len(self._scaling.columns))
        return None if values is None else values * self._scaling.columns

    def solve_fixed(
        self,
        piece: Piece,
        values: Floats,
        seconds: float = math.inf,
        watch: Watch | None = None,
        *,
        primal: bool = False,
    ) -> Outcome:
        """Solve what is left of a piece with its integers fixed at these (whole) values, by simplex.

        It takes no longer than so many ``seconds``, nor much longer than there is time, and goes on whatever
        was pressed unless a ``watch`` is given. ``primal`` says that a plan is easily had.
        """
        began = time.monotonic()
        whole = piece.with_integers_fixed(values)
        rest = Rest.of(whole)
        scaling = Scaling(self._scaling.of_rows(whole)[rest.rows], self._scaling.columns[rest.columns])
        own = Engine(Glop(primal=primal), scaling, self.options, self.monitor, self.clock)
        until = began + min(seconds, self.clock.left() + _SPILL_SECONDS)
        outcome = own.solve(rest.piece, until, Start(), watch=watch or Patient())
        if watch is None:  # What may be ended is no cleaning, for which time would have to be kept free.
            self.clock.cleaning = max(self.clock.cleaning, time.monotonic() - began)
        found = None if outcome.values is None else rest.whole(outcome.values)
        return Outcome(outcome.status, found, outcome.bound, outcome.stopped, detail=outcome.detail)

    def _limits(self, deadline: float) -> Limits:
        return Limits(deadline, self.options.gap, self.options.threads, self.options.seed)

    def _run(self, backend: Backend, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        scaled, factor = self._scaling.apply(piece)
        watch.factor = factor
        if start.values is not None:
            start = replace(start, values=start.values / self._scaling.columns)
        outcome = backend.solve(scaled, limits, start, watch)
        values = None if outcome.values is None else outcome.values * self._scaling.columns
        duals = None if outcome.duals is None else outcome.duals * self._scaling.of_rows(piece) / factor
        bound = outcome.bound / factor if not math.isnan(outcome.bound) else -math.inf
        return replace(outcome, values=values, duals=duals, bound=bound)
