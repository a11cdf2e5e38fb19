"""Time is shared so that what comes last is told, too."""

from __future__ import annotations

import time

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.explain import before_conflicts


def test_what_is_compiled_again_for_conflicts_is_no_part_of_their_share() -> None:
    # Of a minute 20 s go to compiling again, and of the other 40 s 12 are for conflicts.
    end = Deadline(time.monotonic() + 60)
    kept = end.moment - before_conflicts(end, 20.0).moment
    assert 20 < kept <= 32
    # All but conflicts has something left, however long that takes: 0.7 of a half.
    now = time.monotonic()
    assert before_conflicts(end, 100.0).moment >= now + 0.3 * (end.moment - now)


def test_a_turn_is_a_share_and_no_less_than_is_of_use() -> None:
    end = Deadline(time.monotonic() + 50)
    assert end.moment - end.turn(5, 3.0).moment <= 40
    assert end.turn(5, 30.0).moment > end.turn(5, 3.0).moment
    assert end.turn(5, 100.0).moment == end.moment
    assert end.turn(1, 3.0).moment == end.moment
