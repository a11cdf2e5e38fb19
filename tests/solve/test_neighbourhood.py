"""The search of neighbourhoods of the best plan."""

from __future__ import annotations

import threading
import time

import numpy as np
import pandas as pd
import pytest

from pklogistics.model.program import Builder, Tier
from pklogistics.solve.engine import Engine
from pklogistics.solve.kin import Kin, kin_of
from pklogistics.solve.neighbourhood import Improver
from pklogistics.solve.search import Search
from tests.solve.posts import posts, search_of


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
        freed = np.flatnonzero(label.freed(np.zeros(0), 0.5, np.random.default_rng(seed)))
        assert len(freed) == 3
        assert freed[-1] - freed[0] == 2


def test_other_classes_are_freed_at_random_and_columns_without_the_label_never() -> None:
    label = Kin("site", np.array([0, 1, 2, 3, 0, -1]), ordered=False)
    freed = label.freed(np.zeros(0), 0.25, np.random.default_rng(3))
    assert freed[0] == freed[4]
    assert not freed[5]
    assert len(set(label.classes[freed])) == 1


def test_starts_from_where_things_are_today() -> None:
    engine, search = search_of(posts())
    # Nobody is stationed in the idle plan: all 312 are uncovered.
    assert search.value == 312
    _improve(engine, search, 112)
    assert search.value == pytest.approx(112)
    assert search.piece.feasible(search.values)
    assert search.notes == []


def _improve(engine: Engine, search: Search, until_value: float) -> None:
    improver = Improver(engine, search, search.piece)
    thread = threading.Thread(target=improver.run)
    thread.start()
    until = time.monotonic() + 20
    while search.value > until_value and time.monotonic() < until:
        time.sleep(0.05)
    improver.over.set()
    thread.join()
    assert improver.failure is None


def test_works_without_knowing_what_is_there_today() -> None:
    engine, search = search_of(posts(today=False))
    # One move a period: 12, then 12 + 11, … : 4 x 12 + 3 x 11 + 2 x 10 + 9 = 110 of 312 are covered.
    _improve(engine, search, 202)
    assert search.value == pytest.approx(202)


def test_what_keeps_a_tier_at_its_bound_is_chosen_by_the_tier_that_follows() -> None:
    # Five of eight camps can open: three mandates are broken whichever they are, and 1 + 2 + 3 people left
    # if the largest open. The bound, which is not the trivial one, is what the relaxation says.
    builder, camps = Builder(), pd.DataFrame({"site": [f"camp {number}" for number in range(8)]})
    people = np.array([3.0, 8.0, 1.0, 6.0, 2.0, 7.0, 4.0, 5.0])
    opened = builder.columns("f", "open", camps, upper=1, integer=True)
    builder.entries(builder.rows("f", "teams", camps.head(1), upper=5).repeat(8), opened, 1)
    builder.term("broken", opened, -1.0, offset=8.0)
    builder.term("left", opened, -people, offset=36.0)
    program = builder.build([Tier("mandate", {"broken": 1.0}), Tier("need", {"left": 1.0})])
    engine, search = search_of(program)
    search.next_costs, offset = program.tier_costs(program.tiers[1])
    assert search.value == 8
    _improve(engine, search, 3)
    assert search.value == pytest.approx(3)
    assert search.next_costs @ search.values + offset == pytest.approx(6)
