"""Programs without links that are too many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pklogistics.solve import Options, core, lean, links, solve_program
from pklogistics.solve.piece import piece_of
from tests.solve.programs import program

CUSTOMERS = 4


def depots():
    """Two depots, which cost 10 and 7 to open, serve four customers at 1 and 2 each, five at the most.

    The dear one alone costs 10 + 4 x 1 = 14, the cheap one 7 + 4 x 2 = 15, both 21 at least. Columns are what
    each sends to each customer, then whether it is open. Rows are customers, depots, links.
    """
    served = np.hstack((np.eye(CUSTOMERS), np.eye(CUSTOMERS), np.zeros((CUSTOMERS, 2))))
    sends = np.kron(np.eye(2), np.ones(CUSTOMERS))
    capacity = np.hstack((sends, -5 * np.eye(2)))
    links = np.hstack((np.eye(2 * CUSTOMERS), -np.kron(np.eye(2), np.ones((CUSTOMERS, 1)))))
    return program(
        np.vstack((served, capacity, links)),
        [1.0] * CUSTOMERS + [-np.inf] * (2 + 2 * CUSTOMERS),
        [1.0] * CUSTOMERS + [0.0] * (2 + 2 * CUSTOMERS),
        costs={"cost": [1.0] * CUSTOMERS + [2.0] * CUSTOMERS + [10.0, 7.0]},
        upper=1.0,
        integer=[False] * (2 * CUSTOMERS) + [True, True],
    )


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (lean, core):
        monkeypatch.setattr(module, "MANY_LINKS", 8)
    monkeypatch.setattr(links, "_LINKS_OF_ONE", 4)


def test_a_small_program_keeps_all_rows() -> None:
    piece = piece_of(depots())
    assert lean.lean(piece) is piece


@pytest.mark.usefixtures("few_are_many")
def test_links_are_freed_and_nothing_else() -> None:
    piece = piece_of(depots())
    eased = lean.lean(piece)
    freed = np.isinf(eased.row_upper)
    assert np.flatnonzero(freed).tolist() == list(range(CUSTOMERS + 2, 3 * CUSTOMERS + 2))
    assert np.isinf(eased.row_lower[freed]).all()
    assert eased.row_upper[~freed].tolist() == piece.row_upper[~freed].tolist()


@pytest.mark.usefixtures("few_are_many")
def test_whole_columns_with_fewer_links_keep_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_LINKS_OF_ONE", 5)
    piece = piece_of(depots())
    assert lean.lean(piece) is piece


@pytest.mark.usefixtures("few_are_many")
def test_the_answer_is_the_same() -> None:
    solution = solve_program(depots(), Options(gap=0.0))
    assert (solution.tiers[0].value, solution.tiers[0].bound) == (pytest.approx(14), pytest.approx(14))
    assert depots().violation(solution.values) <= 1e-6


@pytest.mark.usefixtures("few_are_many")
def test_links_that_nothing_else_says_are_kept_in_the_end() -> None:
    # Without rows of depots, links alone say that a closed depot sends nothing.
    case = depots()
    case.row_upper[CUSTOMERS : CUSTOMERS + 2] = np.inf
    solution = solve_program(case, Options(gap=0.0))
    assert solution.tiers[0].value == pytest.approx(14)
    assert solution.tiers[0].bound == pytest.approx(14)


@pytest.mark.usefixtures("few_are_many")
def test_links_are_kept_where_they_alone_might_bound_the_objective() -> None:
    piece = piece_of(depots())
    rewarded = piece.with_objective(-np.ones(piece.columns), 0.0)
    assert lean.lean(rewarded) is not rewarded
    endless = replace(rewarded, col_upper=np.where(piece.integer, 1.0, np.inf))
    assert lean.lean(endless) is endless
