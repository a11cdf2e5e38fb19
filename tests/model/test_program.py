"""The sparse program and its builder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pklogistics.model.program import SHARED, Builder, Program, Tier, row_blocks


def two_sites() -> Program:
    """Two sites: people a, b <= 8 of 10 and 20; one shared row a + b <= 12; unmet is 30 - a - b.

    Site 0 serves in whole fives (integer y, a = 5 y).
    """
    builder = Builder()
    sites = pd.DataFrame({"site": ["A", "B"]})
    served = builder.columns("needs", "served", sites, upper=[8, 8], block=[0, 1])
    fives = builder.columns("needs", "fives", sites[:1], upper=3, integer=True, block=0)
    own = builder.rows("needs", "fives", sites[:1], lower=0, upper=0)
    builder.entries(own, served[:1], 1)
    builder.entries(own, fives, -5)
    shared = builder.rows("coordination", "staff", pd.DataFrame({"period": [1]}), upper=12)
    builder.entries(np.repeat(shared, 2), served)
    builder.term("need", served, -1, offset=30, unit="people")
    builder.term("cost", served, [2, 3], unit="USD")
    return builder.build([Tier("need", {"need": 1}), Tier("both", {"need": 10, "cost": 1})])


def test_groups_label_every_row_and_column_in_order() -> None:
    program = two_sites()
    for groups, count in ((program.col_groups, program.columns), (program.row_groups, program.rows)):
        positions = np.concatenate([group.index for group in groups])
        assert positions.tolist() == list(range(count))
    fives = program.group("fives")
    assert fives is not None
    assert fives.keys["site"].tolist() == ["A"]
    assert program.integer[fives.index].all()
    assert program.group("nothing") is None


def test_a_row_belongs_to_a_block_if_all_its_columns_do() -> None:
    program = two_sites()
    assert program.row_block.tolist() == [0, SHARED]
    assert program.col_block.tolist() == [0, 1, 0]


def test_a_row_without_columns_is_shared() -> None:
    program = two_sites()
    matrix = program.matrix.copy()
    matrix.data[:] = 0
    matrix.eliminate_zeros()
    assert row_blocks(matrix, program.col_block).tolist() == [SHARED, SHARED]


def test_tier_values_add_weighted_terms_and_offsets() -> None:
    program = two_sites()
    point = np.array([5.0, 7.0, 1.0])
    # Unmet 30 - 12 = 18; cost 2*5 + 3*7 = 31; both 10*18 + 31.
    assert program.tier_value(program.tiers[0], point) == 18
    assert program.tier_value(program.tiers[1], point) == 211


@pytest.mark.parametrize(
    ("point", "violation"),
    [
        ((5, 7, 1), 0.0),
        # The shared row is exceeded by 1, and its largest term is 8: 1 / (1 + 8).
        ((5, 8, 1), 1 / 9),
        # a = 5 y is missed by 5 with largest term 5; 5 / 6 is worse than anything else.
        ((0, 7, 1), 5 / 6),
        # A half five: whole columns are off by 0.5.
        ((2.5, 7, 0.5), 0.5),
        # b is 1 below its bound of 0, relative to 1 + 1.
        ((5, -1, 1), 1 / 2),
    ],
)
def test_violation_is_relative_to_the_largest_term(point: tuple[float, ...], violation: float) -> None:
    assert two_sites().violation(np.array(point, dtype=float)) == pytest.approx(violation)


def test_repeated_entries_add_up() -> None:
    builder = Builder()
    column = builder.columns("f", "x", pd.DataFrame({"k": [1]}))
    row = builder.rows("f", "r", pd.DataFrame({"k": [1]}), upper=4)
    builder.entries(row, column, 1.5)
    builder.entries(row, column, 2.5)
    assert builder.build([Tier("none", {})]).matrix.toarray().tolist() == [[4.0]]


def test_an_empty_program_can_be_built() -> None:
    program = Builder().build([Tier("need", {"need": 1})])
    assert (program.rows, program.columns) == (0, 0)
    assert program.violation(np.zeros(0)) == 0
    assert program.tier_value(program.tiers[0], np.zeros(0)) == 0
