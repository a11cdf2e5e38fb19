"""The benchmark of public classes: how a value is judged against what is published."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from benchmarks.classes import Claim, Published
from benchmarks.conformance import BUG, judge, repaired
from benchmarks.damage import with_lines, with_threes


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


def test_a_damaged_file_is_told_apart_from_a_bug():
    damaged = replace(published(100.0), repair=str.upper)
    assert judge(damaged, Claim(97, 96)).verdict == "better than proven: the file is damaged"
    assert judge(damaged, Claim(103, 101)).verdict == "proven worse: the file is damaged"


def test_a_repaired_copy_has_its_lines_replaced(tmp_path):
    (tmp_path / "one.txt").write_text("12\n 34 \n", encoding="utf-8")
    (tmp_path / "copy").mkdir()
    copy = repaired(
        published(1.0), partial(with_lines, replaced=(("34", "345"),)), tmp_path, tmp_path / "copy"
    )
    assert (tmp_path / copy.file).read_text() == "12\n345\n"
    assert copy.name == "one (repaired)"
    with pytest.raises(ValueError, match=r"there are 0 lines that say '34'; expected one"):
        with_lines("12\n", (("34", "345"),))


def test_each_300_that_was_made_1000_is_found():
    # Customers and warehouses on a square, of which a unit costs up to a quarter more than the way is long.
    random = np.random.default_rng(3)
    customers, warehouses = random.random((400, 2)), random.random((20, 2))
    way = np.linalg.norm(customers[:, None] - warehouses, axis=2)
    need = random.integers(1, 100, 400)
    cost = 700 * way * random.uniform(1, 1.25, way.shape) * need[:, None]
    rows = [f"{n}\n{' '.join(f'{each:.5f}' for each in row)}" for n, row in zip(need, cost, strict=True)]
    text = "\n".join(("20 400", *["1000 1500000."] * 20, *rows)) + "\n"
    damaged = text.replace("300", "1000")
    # Some are 1000 by nature, besides the 20 capacities.
    assert text.count("1000") > 20
    assert damaged.count("1000") > text.count("1000") + 30
    assert with_threes(damaged) == text
