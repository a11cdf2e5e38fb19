"""Time is shared so that what comes last is told, too, and what is gravest first."""

from __future__ import annotations

import time
from importlib import import_module

import pytest

from pklogistics.explain.deadline import Deadline
from tests.explain.solved import solved


def test_what_mandates_conflict_with_is_told_though_shortfalls_take_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = import_module("pklogistics.explain.explain")  # `explain.explain` is the function, too
    shortfalls = parts.explain_shortfalls

    def until_nothing_is_left(questions, wording, until):
        until.interrupt.pressed = True
        return shortfalls(questions, wording, until)

    monkeypatch.setattr(parts, "explain_shortfalls", until_nothing_is_left)
    assert len(parts.explain(*solved("tiny-agreements")).conflicts)


def test_a_turn_is_a_share_and_no_less_than_is_of_use() -> None:
    end = Deadline(time.monotonic() + 50)
    assert end.moment - end.turn(5, 3.0).moment <= 40
    assert end.turn(5, 30.0).moment > end.turn(5, 3.0).moment
    assert end.turn(5, 100.0).moment == end.moment
    assert end.turn(1, 3.0).moment == end.moment
