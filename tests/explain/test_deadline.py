"""Time is shared so that what comes last is told, too, and what is gravest first."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.chain import UNTOLD
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.refusals import without_refusals
from pklogistics.explain.shortfalls import exact_site, site_question
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.shortfalls.reasons import explain_shortfalls
from pklogistics.explain.values import look, table
from pklogistics.explain.values.one_more import one_more_of_each
from pklogistics.explain.values.value import CONFIRMED
from pklogistics.explain.values.worth import less_of, worth_of
from pklogistics.model.encode import encode
from pklogistics.solve.backend import Outcome
from pklogistics.solve.small import solve_small
from tests.explain.solved import GENERATED, solved


def test_what_mandates_conflict_with_is_told_though_shortfalls_take_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = import_module("pklogistics.explain.explain")  # `explain.explain` is the function, too
    shortfalls = parts.explain_shortfalls

    def until_nothing_is_left(questions, wording, until):
        time.sleep(max(0.0, until.moment - time.monotonic()))
        return shortfalls(questions, wording, until)

    monkeypatch.setattr(parts, "explain_shortfalls", until_nothing_is_left)
    found = parts.explain(*solved("tiny-agreements"), time_limit=6.0)
    assert len(found.conflicts)


def test_no_conflict_is_looked_for_once_shortfalls_have_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = import_module("pklogistics.explain.explain")
    looking, ended = threading.Event(), []

    def failing(questions, wording, until):
        assert looking.wait(60)
        raise KeyboardInterrupt  # As where a program has a Ctrl-C of its own.

    def until_told(questions, wording, until, most):
        looking.set()
        while not until.passed:
            time.sleep(0.01)
        ended.append(time.monotonic() < until.moment)
        return pd.DataFrame(), ()

    monkeypatch.setattr(parts, "explain_shortfalls", failing)
    monkeypatch.setattr(parts, "conflicts_of", until_told)
    with pytest.raises(KeyboardInterrupt):
        parts.explain(*solved("tiny-agreements"), time_limit=60.0)
    assert ended == [True]


def test_what_fails_beside_shortfalls_fails_the_explanation(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = import_module("pklogistics.explain.explain")

    def failing(*given):
        raise RuntimeError("beside")

    monkeypatch.setattr(parts, "conflicts_of", failing)
    with pytest.raises(RuntimeError, match="beside"):
        parts.explain(*solved("tiny-agreements"))


def test_a_turn_is_a_share_and_no_less_than_is_of_use() -> None:
    end = Deadline(time.monotonic() + 50)
    assert end.moment - end.turn(5, 3.0).moment <= 40
    assert end.turn(5, 30.0).moment > end.turn(5, 3.0).moment
    assert end.turn(5, 100.0).moment == end.moment
    assert end.turn(1, 3.0).moment == end.moment


def test_a_shortfall_is_proven_and_worded_before_the_next_is_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mission, plan = solved(GENERATED)
    willing = without_refusals(mission)
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    until, of = Deadline(), Wording.of

    def once(self, *given, **how):
        until.interrupt.pressed = True
        return of(self, *given, **how)

    monkeypatch.setattr(Wording, "of", once)
    found, limits = explain_shortfalls(questions, Wording(questions, "USD"), until)
    told = found[found["kind"] != UNTOLD]
    assert len(found) > len(told) == 1
    assert told["proven"].all()
    assert set(limits["shortfall"]) == set(told.index)


def test_no_program_of_a_site_is_given_more_time_than_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    mission, plan = solved(GENERATED)
    willing = without_refusals(mission)
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    seconds = []

    def noted(piece, scaling, effort, start=None):
        seconds.append(effort.seconds)
        return solve_small(piece, scaling, effort)

    for room in (exact_site, site_question):
        monkeypatch.setattr(room, "solve_small", noted)
    short = plan.tables["shortfalls"].iloc[0]
    n = questions.model.assembly.sets.number_of(short)
    site = int(questions.model.assembly.sets.needs["site"][n])
    question = questions.at_site(site, until=Deadline(time.monotonic() + 1))
    exact_site.most(question, n)
    exact_site.one_more(question, np.array([0]))
    question.least(n, None)
    assert len(seconds) > 2
    assert max(seconds) <= 0.5


def test_the_first_values_are_confirmed_before_it_is_found_how_much_may_be_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = import_module("pklogistics.explain.explain")
    asked = []

    def interrupted(gained, price, most, until):
        asked.append(most)
        until.interrupt.pressed = True
        return less_of(gained, price, most, until)

    monkeypatch.setattr(table, "less_of", interrupted)
    values = parts.explain(*solved(GENERATED), time_limit=600.0).values.head(CONFIRMED)
    assert len(asked) == 1
    assert len(values) > 2
    assert values["confirmed"].notna().all()


def test_where_no_answer_was_found_it_is_not_said_that_nothing_would_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(piece, scaling, effort, start=None):
        return Outcome("unknown")

    monkeypatch.setattr(site_question.Repeated, "solve", lambda *given: Outcome("unknown"))
    monkeypatch.setattr(site_question, "solve_small", unknown)
    parts = import_module("pklogistics.explain.explain")
    found = parts.explain(*solved("tiny-accounts"))
    assert set(found.shortfalls["kind"]) == {UNTOLD}
    # No guess; and time was left.
    assert found.notes[0] == "no solver could tell what stands in the way of 1 shortfall"
    assert set(found.shortfalls["reason"]) == {"no solver could tell what stands in its way"}
    found = parts.explain(*solved("tiny-accounts"), time_limit=0)
    assert found.notes[0] == "1 of 1 shortfall has no reason yet: no time was left"
    assert set(found.shortfalls["reason"]) == {"not looked into yet"}


def test_one_more_is_worth_nothing_told_where_it_is_not_known_what_could_be_served_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mission, plan = solved("tiny-duplication")
    willing = without_refusals(mission)
    questions = Questions(willing.model, encode(willing.model, plan), willing.refused)
    found, _ = explain_shortfalls(questions, Wording(questions, "USD"), Deadline())
    assert one_more_of_each(questions, found, Deadline())

    def ended(piece, scaling, effort, start=None):
        outcome = solve_small(piece, scaling, effort, start)
        return outcome if piece.continuous else replace(outcome, status="feasible")

    monkeypatch.setattr(exact_site, "solve_small", ended)
    assert not one_more_of_each(questions, found, Deadline())


def test_the_first_values_are_confirmed_before_it_is_found_how_far_any_price_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts, asked = import_module("pklogistics.explain.explain"), []

    def interrupted(gained, price, ends, until):
        asked.append(price)
        until.interrupt.pressed = True
        return worth_of(gained, price, ends, until)

    monkeypatch.setattr(look, "worth_of", interrupted)
    values = parts.explain(*solved(GENERATED), time_limit=600.0).values.head(CONFIRMED)
    assert asked
    assert len(values) > 3
    assert values["confirmed"].notna().all()
    # Of a price that was looked at no further it is told for how many it is known to hold, and no more.
    priced = values[values["most"] > 0]
    assert len(priced) > 1
    assert priced["most"].tolist() == pytest.approx(priced["step"].tolist())
    assert priced["further"].all()
    assert priced["weighted"].tolist() == pytest.approx(priced["confirmed"].tolist(), rel=2e-3)
