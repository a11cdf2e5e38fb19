"""The benchmark of public classes: how a value is judged against what is published."""

from __future__ import annotations

import math

import pytest

from benchmarks.classes import Claim, Published
from benchmarks.conformance import BUG, judge, repaired


def published(value, *, greatest=False, proven=True):
    return Published("one", "one.txt", None, value, greatest, proven)


@pytest.mark.parametrize(
    ("value", "bound", "greatest", "proven", "verdict"),
    [
        (100.00001, 99, False, True, "the same"),
        (103, 99, False, True, "worse"),
        (97, 96, False, True, f"better than proven: {BUG}"),
        (97, 96, False, False, "better than best known"),
        (97, 103, True, True, "worse"),
        (103, 104, True, True, f"better than proven: {BUG}"),
        (103, 101, False, True, f"the bound refutes a published value: {BUG}"),
        (97, 99, True, False, f"the bound refutes a published value: {BUG}"),
        (math.nan, -math.inf, False, True, "no full plan was found"),
    ],
)
def test_a_value_is_compared_in_its_sense(value, bound, greatest, proven, verdict):
    assert judge(published(100.0, greatest=greatest, proven=proven), Claim(value, bound)).verdict == verdict


def test_what_cannot_be_is_compared_as_such():
    none = Claim(math.nan, -math.inf, infeasible=True)
    assert judge(published(math.nan), none).verdict == "the same"
    assert BUG in judge(published(100.0), none).verdict
    assert BUG in judge(published(math.nan), Claim(5, 5)).verdict
    assert judge(published(math.nan), Claim(math.nan, -math.inf)).verdict == "not proven infeasible"


def test_a_repair_finds_its_damage_just_once(tmp_path):
    (tmp_path / "one.txt").write_text("12\n 34 \n", encoding="utf-8")
    damaged = Published("one", "one.txt", None, 1.0, greatest=False, proven=True, repairs=(("34", "345"),))
    (tmp_path / "copy").mkdir()
    copy = repaired(damaged, tmp_path, tmp_path / "copy")
    assert (tmp_path / copy.file).read_text() == "12\n345\n"
    (tmp_path / "one.txt").write_text("12\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"one\.txt has 0 lines that say '34'; expected one"):
        repaired(damaged, tmp_path, tmp_path / "copy")
