"""Neighbourhood search beside the solvers that prove: it looks for better plans.

A branch-and-bound search on a mission with moving troops may prove its bound in seconds and still have
no good plan after minutes. So another solver works beside it in a process of its own: it fixes most
integer columns where the best plan has them, frees the others, solves what is left, and starts again
from what it found. Which columns are freed:

- at first all, but what the tier counts is as good as the bounds of its columns allow (nobody unserved,
  no mandate broken): such a plan proves itself, and is looked for with the next tier's objective;
- where the plan is far from the bound, those that are in use in the linear relaxation, or could be without
  making it worse (near Berthold's relaxation enforced neighbourhoods, Operations Research Letters 42, 2014);
  in the first tier that is held at its bound, and relaxed with the next tier's objective;
- then all, but nothing is anywhere that it is not today (`Program.start`): a force of which only so many
  can be moved a month should not be withdrawn and sent again;
- those in which the best plan differs from the linear relaxation (relaxation induced neighbourhoods,
  Danna, Rothberg and Le Pape, Mathematical Programming 102, 2005);
- those near what the best plan loses (`losses`);
- those of some sites, some neighbouring periods, some organisations, … by the labels of the program.

How much is freed grows while the small programs are solved at once, and shrinks when they are not.
The first plan found may come from either side; a bound comes only from a solver of the whole (`race`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle

import numpy as np

from pklogistics.errors import SolverError
from pklogistics.model.program import Bools, Floats
from pklogistics.solve.backend import Outcome, Start
from pklogistics.solve.cleaning import take_point
from pklogistics.solve.engine import Engine
from pklogistics.solve.kin import Kin
from pklogistics.solve.losses import Losses
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from pklogistics.solve.solution import Stopped, relative_gap

_STEP_SECONDS = (1.0, 10.0)
"""Least and most time for one neighbourhood; between them a tenth of the time left."""

_FINER = 0.1
"""A neighbourhood is searched to this share of the gap asked for: what it leaves open adds up."""

_ANY_PLAN, _FAIR_PLAN = 0.5, 0.01
"""Gap to which a plan at the trivial bound is improved for the next tier, which has its own search; and to
which one near a relaxation is."""

_FAR = 0.05
"""Gap of a plan that is worth less than one near a relaxation; where earlier tiers are held at a plan's value
there seldom is one."""

_REST_SECONDS = 0.1
"""How often a search that rests looks whether it may go on."""

_AT_BOUND = 1e-9
"""How much above its bound a tier may be held, relatively, against rounding."""

_RELAXED_ALIKE, _WHOLE, _NO_PRICE = 0.05, 1e-6, 1e-9
_LEAST_SHARE, _FIRST_SHARE, _MOST_SHARE = 0.02, 0.3, 0.9


@dataclass
class Improver:
    """Searches neighbourhoods of the best plan of one tier until it is told to stop; a `Watch`.

    Attributes
    ----------
    engine : with a backend of its own
    search : the best plan known here
    piece : the tier's program as solvers are given it
    over : set when the search shall end
    resting : whether it shall leave its core to others for a while
    mail : the latest point of a prover, unchecked
    bound : the best bound known of the tier
    begun : whether a plan that is worth bettering has been looked for
    failure : why the search ended early
    """

    engine: Engine
    search: Search
    piece: Piece
    over: threading.Event = field(default_factory=threading.Event)
    failure: SolverError | None = None
    factor: float = 1.0
    mail: Floats | None = None
    bound: float = -math.inf
    begun: bool = False
    resting: bool = False

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Tell the solver when it is over."""
        return "stopped" if self.resting or self.over.is_set() else None

    def run(self) -> None:
        """Search until told to stop. A failing solver ends the search; the provers go on."""
        try:
            self._search()
        except SolverError as error:
            self.failure = error
        finally:
            self.engine.backend.close()

    def _search(self) -> None:
        random = np.random.default_rng(self.engine.options.seed)
        relaxed = self._begin().values
        self.begun = True
        if not self.search.proven_before and self.search.values is not None:
            self._step(self._as_today())
        around: list[Losses | Kin] = [Losses(self.search.piece), *self.search.kin]
        shares = [_FIRST_SHARE] * len(around)
        turns: Iterator[int | None] = cycle([None, *range(len(around))])
        while not self._ends():
            turn = next(turns)
            values = self._best()
            if turn is not None:
                freed = around[turn].freed(values, shares[turn], random)
                ended, better = self._step(_with_fixed(self.piece, values, ~freed))
                grown = shares[turn] * (1.3 if ended else 0.8)
                shares[turn] = min(max(grown, _LEAST_SHARE), _MOST_SHARE)
            elif relaxed is not None:
                freed = np.abs(values - relaxed) > _RELAXED_ALIKE
                _, better = self._step(_with_fixed(self.piece, values, ~freed))
            else:
                continue
            if better and relaxed is None:
                relaxed = self._relaxation(self.piece).values
            elif not better and turn is None:
                relaxed = None  # The same neighbourhood would be searched again.

    def _begin(self) -> Outcome:
        """Look for a plan where there is none worth the name; return the relaxation of the tier itself."""
        piece, then = self.piece, self.search.next_costs
        if self.search.proven_before and self.search.values is not None:
            # What is whole was chosen with this tier in mind; the rest was not.
            self._step(_with_fixed(piece, self.search.values, piece.integer))
        trivial, own = piece.trivial_bound(), self._relaxation(piece)
        relaxed, least = own, self.bound
        if own.values is not None:
            least = max(least, piece.value(own.values))
        if then is not None and math.isfinite(trivial) and least <= trivial + _AT_BOUND * abs(trivial):
            self._step(self._ideal(then), self.engine.clock.left() / 3, _ANY_PLAN)
        elif then is not None and math.isfinite(least) and not self.search.proven_before:
            limit = least + _AT_BOUND * max(1.0, abs(least)) - piece.offset
            held = piece.with_row(piece.costs, limit).with_objective(then, 0.0)
            ahead = self._relaxation(held)
            piece, relaxed = (piece, own) if ahead.values is None else (held, ahead)
        if not self._ends() and relative_gap(self.search.value, least) > _FAR:
            self._near(piece, relaxed)
        return own

    def _near(self, piece: Piece, relaxed: Outcome) -> None:
        """Look for a plan of a piece in which what its relaxation has at the least, at a price, stays so.

        What has no price may be more at another corner of the relaxation that is as good.
        """
        if relaxed.values is None or relaxed.duals is None:
            return
        reduced = piece.costs - piece.matrix.T @ relaxed.duals
        dear = reduced > _NO_PRICE * float(np.abs(piece.costs).max(initial=1.0))
        still = dear & (relaxed.values <= piece.col_lower + _WHOLE)
        part = _with_fixed(piece, piece.col_lower, still)
        self._step(part, self.engine.clock.left() / 2, _FAIR_PLAN)

    def _ends(self) -> bool:
        while self.resting and not self.over.wait(_REST_SECONDS):
            pass
        return self.over.is_set() or self.engine.clock.left() <= 0 or self.search.values is None

    def _best(self) -> Floats:
        """Return the best point, after a look at what the provers have found."""
        mail, self.mail = self.mail, None
        if mail is not None:
            take_point(self.engine, self.search, mail)
        assert self.search.values is not None
        return self.search.values

    def _relaxation(self, piece: Piece) -> Outcome:
        relaxed = replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_))
        return self.engine.solve(relaxed, time.monotonic() + self._step_seconds(), Start(), watch=self)

    def _as_today(self) -> Piece:
        """Return the piece in which nothing is anywhere but where it is today."""
        piece, today = self.piece, self.search.today
        most = np.full(piece.columns, np.inf) if today is None else np.where(np.isnan(today), np.inf, today)
        return replace(piece, col_upper=np.minimum(piece.col_upper, np.maximum(piece.col_lower, most)))

    def _step_seconds(self) -> float:
        return min(max(self.engine.clock.left() / 10, _STEP_SECONDS[0]), _STEP_SECONDS[1])

    def _ideal(self, next_costs: Floats) -> Piece:
        """Return the piece in which this tier is at its trivial bound, with the next one's objective."""
        return self.piece.at_trivial_bound().with_objective(next_costs, 0.0)

    def _step(self, part: Piece, seconds: float | None = None, gap: float | None = None) -> tuple[bool, bool]:
        """Search one part of the program; return whether it was searched to its end, and to any avail."""
        search, engine = self.search, self.engine
        before = search.value
        if seconds is None:
            seconds = self._step_seconds()
        gap = _FINER * engine.options.gap if gap is None else gap
        # A start out of bounds is an error to HiGHS.
        start = Start(search.values if search.values is not None and part.admits(search.values) else None)
        outcome = engine.solve(part, time.monotonic() + seconds, start, watch=self, gap=gap)
        if outcome.values is not None and search.piece.value(outcome.values) < before:
            take_point(engine, search, outcome.values)
        return outcome.status == "optimal", search.value < before


def _with_fixed(piece: Piece, values: Floats, fixed: Bools) -> Piece:
    held = fixed & piece.integer
    return replace(
        piece,
        col_lower=np.where(held, values, piece.col_lower),
        col_upper=np.where(held, values, piece.col_upper),
    )
