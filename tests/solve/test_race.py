"""Several searches of one tier at once."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from pklogistics.errors import SolverError
from pklogistics.model.program import Floats
from pklogistics.solve import exact, race
from pklogistics.solve.backend import Limits, Outcome, Start, Watch
from pklogistics.solve.piece import Piece
from pklogistics.solve.race import Goal, Race
from tests.solve.posts import posts, search_of


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A head start and a trial of a fraction of a second: what follows them is tested, not their length."""
    monkeypatch.setattr(race, "_HEAD_START_SECONDS", 0.4)
    monkeypatch.setattr(race, "_TRIAL_SECONDS", (0.2, 0.2))


@dataclass
class Pretender:
    """A solver that says what it is told to say, and goes on until it is stopped.

    ``bound`` and ``incumbent`` are in the units of the test program, whose scaling is undone by ``factor``.
    It has no bound before the one that it ``waits_for`` has failed.
    """

    name: str
    bound: float = -math.inf
    incumbent: float = math.inf
    values: Floats | None = None
    fails: bool = False
    continuous_only: bool = False
    stopped_after: float = math.inf
    gap_asked: float = math.nan
    waits_for: Pretender | None = None
    failed: threading.Event = field(default_factory=threading.Event)

    def solve(self, piece: Piece, limits: Limits, start: Start, watch: Watch) -> Outcome:
        began, self.gap_asked = time.monotonic(), limits.gap
        if self.fails:
            self.failed.set()
            raise SolverError("no licence")
        while time.monotonic() < limits.deadline:
            waiting = self.waits_for is not None and not self.waits_for.failed.is_set()
            bound = -math.inf if waiting else self.bound * watch.factor
            if reason := watch.poll(self.incumbent * watch.factor, bound):
                self.stopped_after = time.monotonic() - began
                return Outcome("feasible", self.values, self.bound * watch.factor, reason)
            time.sleep(0.02)
        return Outcome("nothing", None, self.bound * watch.factor, "time")

    def close(self) -> None:
        pass


def test_the_better_bound_of_two_solvers_proves_the_plan_found_beside_them() -> None:
    engine, search = search_of(posts(), gap=0.01)
    engine.backend, rival = Pretender("first", bound=90.0), Pretender("second", bound=112.0)
    contest = Race(engine, search, search.piece, Goal(time.monotonic() + 30, 1e-7, last=True), rival)
    # 112 of 312 stay uncovered at best: only the neighbourhoods find that plan, only the rival proves it.
    assert contest.run() == "gap"
    assert search.value == pytest.approx(112)
    assert {name: outcome.stopped for name, outcome in contest.outcomes.items()} == {
        "first": "stopped",
        "second": "stopped",
    }


def test_the_weaker_bound_makes_way_after_a_trial() -> None:
    engine, search = search_of(posts(), threads=2)
    engine.backend, rival = Pretender("first", bound=90.0), Pretender("second", bound=100.0)
    contest = Race(engine, search, search.piece, Goal(time.monotonic() + 2, 1e-7, last=True), rival)
    assert contest.run() == "time"
    assert engine.backend.stopped_after < 1.8
    assert math.isinf(rival.stopped_after)


@pytest.mark.parametrize(("patience", "joined"), [(0.8, ["first", "second"]), (60.0, ["first"])])
def test_where_cores_are_few_the_rival_waits_for_a_plan_but_not_for_long(
    monkeypatch: pytest.MonkeyPatch, patience: float, joined: list[str]
) -> None:
    monkeypatch.setattr(race, "_PATIENCE_SECONDS", patience)
    monkeypatch.setattr(race.Improver, "run", lambda improver: improver.over.wait())
    engine, search = search_of(posts(), threads=2)
    engine.backend, rival = Pretender("first", bound=90.0), Pretender("second", bound=100.0)
    contest = Race(engine, search, search.piece, Goal(time.monotonic() + 2, 1e-7, last=True), rival)
    assert contest.run() == "time"
    assert sorted(contest.outcomes) == joined


@pytest.mark.parametrize(("threads", "rests"), [(2, True), (3, False)])
def test_the_search_of_neighbourhoods_rests_during_a_trial_where_cores_are_few(
    monkeypatch: pytest.MonkeyPatch, threads: int, rests: bool
) -> None:
    seen = []

    def looked_at(improver: race.Improver) -> None:
        improver.begun = True
        while not improver.over.wait(0.02):
            seen.append((improver.resting, improver.poll(math.inf, -math.inf)))

    monkeypatch.setattr(race.Improver, "run", looked_at)
    monkeypatch.setattr(race, "_TRIAL_SECONDS", (1.0, 1.0))
    engine, search = search_of(posts(), threads=threads)
    engine.backend, rival = Pretender("first", bound=90.0), Pretender("second", bound=100.0)
    Race(engine, search, search.piece, Goal(time.monotonic() + 4, 1e-7, last=True), rival).run()
    assert ((True, "stopped") in seen) == rests
    # It goes on once the weaker one has made way.
    assert (False, None) in seen[-20:]


def test_a_search_that_rests_goes_on_where_it_was_and_hears_that_it_is_over() -> None:
    engine, search = search_of(posts())
    improver = race.Improver(engine, search, search.piece, resting=True)
    thread = threading.Thread(target=improver.run)
    thread.start()
    time.sleep(0.5)
    assert improver.search.value > 113
    improver.resting = False
    until = time.monotonic() + 30
    while improver.search.value > 113 and time.monotonic() < until:
        time.sleep(0.05)
    assert improver.search.value == pytest.approx(112)
    improver.resting = True
    improver.over.set()
    thread.join(30.0)
    assert not thread.is_alive()


def test_whose_bound_was_better_begins_the_next_tier_and_is_alone() -> None:
    engine, search = search_of(posts(), threads=2)
    engine.backend, rival = Pretender("first", bound=90.0), Pretender("second", bound=100.0)
    Race(engine, search, search.piece, Goal(time.monotonic() + 2, 1e-7, last=False), rival).run()
    assert engine.favourite == "second"
    later = Race(engine, search, search.piece, Goal(time.monotonic() + 2, 1e-7, last=True), rival)
    assert later.run() == "time"
    assert list(later.outcomes) == ["second"]


def test_a_favourite_that_fails_is_followed_by_the_other() -> None:
    engine, search = search_of(posts(), threads=2, gap=0.01)
    engine.favourite = "second"
    engine.backend, rival = Pretender("first", bound=112.0), Pretender("second", fails=True)
    contest = Race(engine, search, search.piece, Goal(time.monotonic() + 20, 1e-7, last=True), rival)
    assert contest.run() == "gap"
    assert {name: outcome.status for name, outcome in contest.outcomes.items()} == {
        "second": "failed",
        "first": "feasible",
    }


def test_there_is_no_need_to_make_way_where_there_are_cores_for_all() -> None:
    engine, search = search_of(posts(), threads=3)
    engine.backend, rival = Pretender("first", bound=90.0), Pretender("second", bound=100.0)
    contest = Race(engine, search, search.piece, Goal(time.monotonic() + 2, 1e-7, last=True), rival)
    assert contest.run() == "time"
    assert math.isinf(engine.backend.stopped_after)
    assert math.isinf(rival.stopped_after)


def test_an_earlier_tier_is_searched_on_for_a_while_and_more_exactly() -> None:
    engine, search = search_of(posts(), gap=0.2)
    engine.backend = Pretender("first", bound=100.0)
    rival = Pretender("second", bound=100.0)
    began = time.monotonic()
    contest = Race(engine, search, search.piece, Goal(began + 30, 1e-7, last=False), rival)
    # 112 is proven to 100, a gap of 10.7%, a moment after the head start of 0.4 seconds; it goes on for
    # twice as long again.
    assert contest.run() == "gap"
    assert time.monotonic() - began > 3 * 0.4
    assert engine.backend.gap_asked == pytest.approx(1e-6)


def test_a_rival_that_fails_is_noted_and_the_other_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, search = search_of(posts(), gap=0.01, threads=3)
    rival = Pretender("scip", fails=True)
    engine.backend = Pretender("highs", bound=112.0, waits_for=rival)
    monkeypatch.setattr(race, "Scip", lambda: rival)
    # It joins in before there is a plan.
    monkeypatch.setattr(race, "_HEAD_START_SECONDS", 0.0)
    exact.search_tier(engine, search, 1)
    assert search.value == pytest.approx(112)
    assert search.stopped == "gap"
    assert search.notes == ["scip failed (no licence); the other solver went on"]


def test_whoever_says_stop_is_obeyed_at_once() -> None:
    stop = threading.Event()
    engine, search = search_of(posts(), should_stop=stop.is_set)
    engine.backend, rival = Pretender("first"), Pretender("second")
    contest = Race(engine, search, search.piece, Goal(time.monotonic() + 60, 1e-7, last=True), rival)
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    assert contest.run() == "stopped"
    assert time.monotonic() - began < 2.0
    assert math.isinf(rival.stopped_after), "it never began: HiGHS had its head start"


def test_a_single_thread_and_programs_without_integers_are_not_raced() -> None:
    engine, search = search_of(posts(), threads=1)
    assert not exact._is_raced(engine, search.piece)
    engine, search = search_of(posts())
    assert exact._is_raced(engine, search.piece)
    smooth = replace(search.piece, integer=np.zeros(search.piece.columns, dtype=np.bool_))
    assert not exact._is_raced(engine, smooth)
