"""One tier searched from several sides at once: solvers that prove beside a search for better plans.

No solver is best at everything: on the same mission HiGHS may close one tier in seconds and SCIP the next,
and either may sit on a bound, or on no plan at all, while the other is done. So each works on the whole
program in a process of its own, the search of neighbourhoods works beside them, and what any of them finds
counts: the best plan and the best bound. HiGHS has a head start, so that programs that are easy anyway see
nothing of this, and where cores are few the other joins in once a plan has been looked for, or that takes
long. Once it shows whose bound is the weaker, that solver makes way if there are not cores enough for all,
and does not join in again in later tiers, which are of the same rows.

A tier that others follow is searched for a while after its gap is reached: what it leaves open, every
later tier would have to live with.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pklogistics.errors import SolverError
from pklogistics.solve.backend import Backend, Outcome, Start
from pklogistics.solve.engine import Engine
from pklogistics.solve.highs import Highs
from pklogistics.solve.neighbourhood import Improver
from pklogistics.solve.piece import Piece
from pklogistics.solve.scip import Scip
from pklogistics.solve.search import Search
from pklogistics.solve.solution import Stopped, relative_gap

_HEAD_START_SECONDS = 2.0
"""Programs that HiGHS ends within this time never see another solver."""

_PATIENCE_SECONDS = 5.0
"""Where cores are few, the other solver waits so long at most for a plan to be looked for."""

_LOOK_SECONDS = 0.1
"""How often the race is looked at."""

_ALMOST = 0.95
"""A bound read from a log has few digits, so a gap must be reached with this much to spare."""

_EXACT = 1e-6
"""Gap at which an earlier tier is left for good."""

_POLISH_SHARE, _POLISH_TIMES = 0.15, 2.0
"""What an earlier tier may still use once its gap is reached: of the time left, of its own time so far."""

_TRIAL_SHARE, _TRIAL_SECONDS = 0.4, (8.0, 60.0)
"""When the solver with the weaker bound makes way: at this share of the time, but within these limits."""


@dataclass
class Goal:
    """What a tier is searched for.

    Attributes
    ----------
    deadline : in seconds of ``time.monotonic()``
    precision : how far from whole an integer column may be
    last : whether no tier follows
    """

    deadline: float
    precision: float
    last: bool

    def gap(self, asked: float) -> float:
        """Return the relative gap at which a solver ends by itself."""
        return asked if self.last else min(asked, _EXACT)


@dataclass
class Prover:
    """A solver of the whole program in a thread of its own; a `Watch`.

    Attributes
    ----------
    engine : with a backend of its own
    over : set when the solver shall end
    outcome : what the solver said, None until it has ended
    incumbent, bound : what its log has said so far, in the tier's units
    """

    engine: Engine
    over: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None
    factor: float = 1.0
    incumbent: float = math.inf
    bound: float = -math.inf

    @property
    def name(self) -> str:
        """Name of the solver."""
        return self.engine.backend.name

    @property
    def ended_by_itself(self) -> bool:
        """Whether the solver has come to a verdict of its own."""
        ended = self.outcome
        return ended is not None and ended.stopped == "gap" and ended.status != "failed"

    def poll(self, incumbent: float, bound: float) -> Stopped | None:
        """Note how the solver gets on, and tell it when it is over."""
        self.incumbent, self.bound = incumbent / self.factor, bound / self.factor
        return "stopped" if self.over.is_set() else None

    def run(self, piece: Piece, start: Start, goal: Goal) -> None:
        """Solve the piece."""
        gap = goal.gap(self.engine.options.gap)
        try:
            self.outcome = self.engine.solve(piece, goal.deadline, start, goal.precision, self, gap)
        except SolverError as error:
            self.outcome = Outcome("failed", detail=str(error))


class Race:
    """The searches of one tier, begun by `run`.

    Parameters
    ----------
    engine : with the solver that has the head start
    search : what is known of the tier
    piece : the tier's program, perhaps with earlier tiers held less tightly
    goal : what it is searched for
    rival : the solver that joins in; SCIP unless told otherwise
    """

    def __init__(
        self, engine: Engine, search: Search, piece: Piece, goal: Goal, rival: Backend | None = None
    ) -> None:
        self._engine, self._search, self._piece, self._goal = engine, search, piece, goal
        waiting = [Prover(engine), Prover(engine.beside(rival or Scip(), goal.deadline))]
        self._waiting = sorted(waiting, key=lambda prover: prover.name != engine.favourite)
        self._running: list[Prover] = []
        self._improver = Improver(engine.beside(Highs(), goal.deadline), replace(search, notes=[]), piece)
        self._threads: list[threading.Thread] = []
        self._news = threading.Event()
        self._passed_on = math.inf
        self._joined_at = -math.inf
        self._enough_at = math.inf

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What each solver said, by its name."""
        return {prover.name: prover.outcome for prover in self._running if prover.outcome is not None}

    def run(self) -> Stopped:
        """Search until the gap is proven, a solver comes to a verdict, time is up or somebody says stop.

        The search knows afterwards the best plan that was found in neighbourhoods; what the solvers said
        is in ``outcomes``, unchecked.
        """
        began = time.monotonic()
        try:
            self._launch_prover()
            reason = self._attend(began, began + _HEAD_START_SECONDS)
            if reason is None:
                self._launch("neighbourhoods", self._improver.run)
                reason = self._attend(began, math.inf) or "time"
            return reason
        finally:
            self._end()

    def _launch_prover(self) -> None:
        prover, self._joined_at = self._waiting.pop(0), time.monotonic()
        self._running.append(prover)
        start = Start(self._search.values, self._search.basis)

        def solve() -> None:
            prover.run(self._piece, start, self._goal)
            self._news.set()

        self._launch(prover.name, solve)

    def _launch(self, name: str, work: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=work, name=name, daemon=True))
        self._threads[-1].start()

    def _attend(self, began: float, until: float) -> Stopped | None:
        """Look after those who run until something ends the race, or until a time; None then."""
        while time.monotonic() < until:
            if any(prover.ended_by_itself for prover in self._running):
                return "gap"
            if all(prover.outcome is not None for prover in self._running):
                if not self._waiting or not self._failed():
                    return self._last_words()
                self._launch_prover()
            self._news.wait(min(_LOOK_SECONDS, max(0.0, until - time.monotonic())))
            self._news.clear()
            best, bound = self._standing()
            self._engine.monitor.tell(best, bound)
            if reason := self._engine.monitor.check():
                return reason
            if self._proven(best, bound, began):
                return "gap"
            self._join(began)
            self._make_way()
        return None

    def _join(self, began: float) -> None:
        """Begin the other solver; where cores are few, once there is a plan that is worth proving."""
        crowded, since = self._is_crowded(2), time.monotonic() - began
        if not self._waiting or since < _HEAD_START_SECONDS or (crowded and self._engine.favourite):
            return
        if not crowded or self._improver.begun or since >= _PATIENCE_SECONDS:
            self._launch_prover()

    def _failed(self) -> bool:
        return all(outcome.status == "failed" for outcome in self.outcomes.values())

    def _last_words(self) -> Stopped:
        """Return why the solvers ended of which none came to a verdict."""
        stopped = {outcome.stopped for outcome in self.outcomes.values()}
        return "time" if "time" in stopped else stopped.pop()

    def _standing(self) -> tuple[float, float]:
        """Return the best value and the best bound known, and tell the improver of better plans."""
        improver = self._improver
        for prover in self._running:
            if prover.incumbent < min(self._passed_on, improver.search.value):
                self._passed_on = prover.incumbent
                improver.mail = prover.engine.found()
        found = [prover.incumbent for prover in self._running]
        best = min(*found, improver.search.value, self._search.value)
        improver.bound = max(self._search.bound, *(prover.bound for prover in self._running))
        return best, improver.bound

    def _proven(self, best: float, bound: float, began: float) -> bool:
        """Say whether the bound proves the plan, and well enough for the tiers that follow."""
        gap = relative_gap(best, bound)
        if gap > _ALMOST * self._engine.options.gap:
            return False
        if self._goal.last or gap <= _EXACT:
            return True
        now = time.monotonic()
        patience = min(_POLISH_SHARE * self._engine.clock.left(), _POLISH_TIMES * (now - began))
        self._enough_at = min(self._enough_at, now + patience)
        return now >= self._enough_at

    def _make_way(self) -> None:
        """End the solver with the weaker bound after a fair trial, if there are not cores enough for all.

        Meanwhile the search of neighbourhoods rests, once it has a plan that is worth bettering.
        """
        proving = [prover for prover in self._running if prover.outcome is None]
        share = _TRIAL_SHARE * (self._goal.deadline - self._joined_at)
        trial = min(max(share, _TRIAL_SECONDS[0]), _TRIAL_SECONDS[1])
        told = any(prover.over.is_set() for prover in self._running)
        tried = not told and len(proving) > 1 and self._is_crowded(len(proving))
        over = time.monotonic() >= self._joined_at + trial
        self._improver.resting = tried and not over and self._improver.begun
        if tried and over:
            weaker = min(reversed(proving), key=lambda prover: prover.bound)
            weaker.over.set()
            self._engine.favourite = next(prover.name for prover in proving if prover is not weaker)

    def _is_crowded(self, provers: int) -> bool:
        """Say whether so many provers leave no core to the search of neighbourhoods."""
        return (self._engine.options.threads or os.cpu_count() or 1) <= provers

    def _end(self) -> None:
        """End all searches, and keep the best plan found beside the solvers."""
        for prover in self._running:
            prover.over.set()
        self._improver.over.set()
        for thread in self._threads:
            thread.join()
        for prover in self._running:
            if prover.engine is not self._engine:
                prover.engine.backend.close()
        self._search.offer(self._improver.search.values)
        if self._improver.failure is not None:
            self._search.notes.append(f"the search of neighbourhoods ended early: {self._improver.failure}")
