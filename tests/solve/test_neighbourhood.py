"""The search of neighbourhoods beside the exact solver."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pklogistics.model.program import Builder, Program, Tier
from pklogistics.solve.engine import Clock, Engine
from pklogistics.solve.exact import idle_point
from pklogistics.solve.highs import Highs
from pklogistics.solve.kin import Kin, kin_of
from pklogistics.solve.monitor import Interrupt, Monitor
from pklogistics.solve.neighbourhood import Improver, Together, improving
from pklogistics.solve.options import Options
from pklogistics.solve.piece import piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.search import Search

SITES, PERIODS = 12, 4


def posts(*, today: bool = True) -> Program:
    """Posts at 12 sites over 4 periods: each is worth 1 to 12, at most 5 stand, at most one moves a period.

    Five stand today at the sites worth 8 to 12, which is the best plan: 4 x (8 + … + 12) = 200 of
    4 x (1 + … + 12) = 312 are covered, 112 are not. Whoever starts with nothing, and sends one a period,
    covers 12 + (12 + 11) + … = 110 at the most, if nothing stands today.
    """
    builder = Builder()
    keys = pd.DataFrame(
        {
            "site": np.repeat([f"S{site:02}" for site in range(SITES)], PERIODS),
            "period": np.tile(np.arange(1, PERIODS + 1), SITES),
        }
    )
    here = np.repeat(np.arange(SITES) >= SITES - 5, PERIODS).astype(float) if today else np.zeros(len(keys))
    post = builder.columns("force", "post", keys, upper=1, integer=True, start=here)
    moved = builder.columns("force", "moved", keys, upper=1)
    moves = builder.rows("force", "moves", keys, lower=np.where(keys["period"] == 1, -here, 0.0))
    builder.entries(moves, moved, 1)
    builder.entries(moves, post, -1)
    later = (keys["period"] > 1).to_numpy()
    builder.entries(moves[later], post[np.flatnonzero(later) - 1], 1)
    periods = pd.DataFrame({"period": np.arange(1, PERIODS + 1)})
    for name, columns, most in (("pool", post, 5), ("movement", moved, 1)):
        rows = builder.rows("force", name, periods, upper=most)
        builder.entries(rows[keys["period"] - 1], columns)
    worth = np.repeat(np.arange(1, SITES + 1), PERIODS)
    builder.term("need", post, -worth, offset=float(worth.sum()))
    return builder.build([Tier("need", {"need": 1.0})])


def search_of(program: Program, **options: float) -> tuple[Engine, Search]:
    """Return an engine and a search that knows the idle plan."""
    costs, offset = program.tier_costs(program.tiers[0])
    piece = replace(piece_of(program), costs=costs, offset=offset)
    chosen = Options(**options)  # type: ignore[arg-type]
    monitor = Monitor(chosen, time.monotonic(), Interrupt())
    engine = Engine(Highs(), scaling_of(piece), chosen, monitor, Clock(time.monotonic() + 60))
    values = idle_point(engine, piece)
    search = Search(
        "need", piece, piece, values, piece.trivial_bound(), False, kin=kin_of(program), today=program.start
    )
    return engine, search


def test_labels_put_columns_into_classes_in_their_order() -> None:
    kin = {label.name: label for label in kin_of(posts())}
    assert set(kin) == {"site", "period"}
    assert kin["period"].ordered and not kin["site"].ordered
    # Posts come first, site by site, each with its four periods.
    assert kin["period"].classes[:5].tolist() == [0, 1, 2, 3, 0]
    assert kin["site"].classes[:5].tolist() == [0, 0, 0, 0, 1]


def test_a_label_that_tells_no_integers_apart_is_left_out() -> None:
    builder = Builder()
    builder.columns("f", "whole", pd.DataFrame({"site": ["A", "B"], "kind": ["x", "x"]}), integer=True)
    builder.columns("f", "part", pd.DataFrame({"account": ["a", "b"]}))
    assert [label.name for label in kin_of(builder.build([Tier("t", {})]))] == ["site"]


def test_ordered_classes_are_freed_in_runs() -> None:
    label = Kin("period", np.array([0, 1, 2, 3, 4, 5, -1]), ordered=True)
    for seed in range(20):
        freed = np.flatnonzero(label.freed(0.5, np.random.default_rng(seed)))
        assert len(freed) == 3
        assert freed[-1] - freed[0] == 2


def test_other_classes_are_freed_at_random_and_columns_without_the_label_never() -> None:
    label = Kin("site", np.array([0, 1, 2, 3, 0, -1]), ordered=False)
    freed = label.freed(0.25, np.random.default_rng(3))
    assert freed[0] == freed[4]
    assert not freed[5]
    assert len(set(label.classes[freed])) == 1


def test_improves_the_idle_plan_while_the_exact_solver_is_busy() -> None:
    engine, search = search_of(posts())
    # Nobody is stationed in the idle plan: all 312 are uncovered.
    assert search.value == 312
    with improving(engine, search, time.monotonic() + 30) as watch:
        until = time.monotonic() + 20
        while watch.poll(math.inf, -math.inf) is None and time.monotonic() < until:
            if isinstance(watch, Together) and watch.improver.search.value <= 112:
                break
            time.sleep(0.05)
    assert search.value == pytest.approx(112)
    assert search.piece.feasible(search.values)
    assert search.notes == []


def test_works_without_knowing_what_is_there_today() -> None:
    engine, search = search_of(posts(today=False))
    improver = Improver(engine, search)
    thread = threading.Thread(target=improver.run)
    thread.start()
    # One move a period: 12, then 12 + 11, … : 4 x 12 + 3 x 11 + 2 x 10 + 9 = 110 of 312 are covered.
    until = time.monotonic() + 20
    while search.value > 202 and time.monotonic() < until:
        time.sleep(0.05)
    improver.over.set()
    thread.join()
    assert search.value == pytest.approx(202)
    assert improver.failure is None


def test_the_exact_solver_is_stopped_when_its_bound_proves_the_plan_found_beside_it() -> None:
    engine, search = search_of(posts(), gap=0.01)
    watch = Together(engine, Improver(engine, search))
    watch.factor = 2.0
    # The plan found beside is worth 312; a scaled bound of 2 x 300 leaves 3.8%, one of 2 x 310 leaves 0.6%.
    assert watch.poll(math.inf, 600.0) is None
    assert watch.poll(math.inf, 620.0) == "gap"


@pytest.mark.parametrize("options", [{"threads": 1}])
def test_a_single_thread_searches_no_neighbourhoods(options: dict[str, float]) -> None:
    engine, search = search_of(posts(), **options)
    with improving(engine, search, time.monotonic() + 30) as watch:
        assert watch is engine.monitor
        assert all(thread.name != "neighbourhoods" for thread in threading.enumerate())


def test_a_program_without_integers_searches_no_neighbourhoods() -> None:
    program = posts()
    engine, search = search_of(replace(program, integer=np.zeros(program.columns, dtype=bool)))
    with improving(engine, search, time.monotonic() + 30) as watch:
        assert watch is engine.monitor
