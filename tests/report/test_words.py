from __future__ import annotations

import math

import pytest

from pklogistics.plan import Plan, TierResult
from pklogistics.report import words
from tests.plan.plans import small_plan


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (1234.5, "1,234"),
        (12.34, "12.3"),
        (0.5, "0.5"),
        (0.0123, "0.012"),
        (-5, "-5"),
        (9.9999999, "10"),
        (math.nan, "-"),
        (math.inf, "-"),
    ],
)
def test_numbers_have_separators_and_the_digits_that_matter(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.125, "0.125"), (0, "0"), (33.25, "33.2"), (12_345.6, "12,346"), (math.nan, "-"), (1.05e-15, "0")],
)
def test_what_one_more_is_worth_keeps_three_digits(value, text):
    assert words.fine(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(950, "950"), (12_345, "12.3k"), (999_999, "1.0M"), (123_456_789, "123M"), (4.6e9, "4.6bn")],
)
def test_headline_numbers_are_short(value, text):
    assert words.short_number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100%"), (0.9999, ">99%"), (0.5, "50%"), (0.001, "<1%"), (0.0, "0%"), (math.nan, "-")],
)
def test_per_cent_never_says_all_or_nothing_unless_it_is(share, text):
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("gap", "text"),
    [(0.0, "0%"), (1e-7, "<0.001%"), (0.0005, "0.05%"), (0.02, "2%"), (math.inf, "not proven")],
)
def test_gaps_keep_their_digits(gap, text):
    assert words.gap(gap) == text


def test_the_verdict_promises_no_more_than_is_proven():
    proven = small_plan(status="optimal", tiers=(TierResult("need", 5.0, 5.0, 0.0),))
    assert words.verdict(proven).startswith("Proven best: ")
    near = small_plan(
        status="optimal", tiers=(TierResult("need", 5.0, 5.0, 0.0), TierResult("cost", 100, 99, 0.01))
    )
    assert "within 1%" in words.verdict(near)
    assert "not proven best" in words.verdict(small_plan())
    assert words.verdict(Plan.empty("m", "time")) == "No plan was found (time limit)."


def test_the_check_is_reported_as_it_was():
    assert "every rule" in words.checked(small_plan(violations=()))
    assert "1 violation." in words.checked(small_plan())
    assert "not checked" in words.checked(small_plan(violations=None))


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("a; b", "a; b"),
        ("a; b; c; d", "a; b; and 2 more"),
        # A list within a limit is part of it, and so is what a name has in brackets.
        (
            "all that may pay (cerf; pool; echo) are spent; b",
            "all that may pay (cerf; pool; echo) are spent; b",
        ),
        ("x (1; y (2; 3); 4); b (5); c", "x (1; y (2; 3); 4); b (5); and 1 more"),
        ("name with ) in it; b; c", "name with ) in it; b; and 1 more"),
    ],
)
def test_the_first_limits_are_whole(reason, shown):
    assert words.first_limits(reason) == shown


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 units"),
        (1, "1 unit"),
        (1.0, "1 unit"),
        (0.9999999, "1 unit"),
        (1.5, "1.5 units"),
        (1200, "1,200 units"),
    ],
)
def test_one_of_anything_is_singular(count, told):
    assert words.counted(count, "unit") == told
