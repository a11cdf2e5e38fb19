"""A solver's point, cleaned before it is kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from pklogistics.solve import cleaning
from pklogistics.solve.cleaning import take_point
from pklogistics.solve.piece import Piece
from pklogistics.solve.search import Search
from tests.solve.towns import an_engine


def two_clinics() -> Piece:
    """Up to 30 people at each clinic that is open, and 45 in all: ``min -x0 - x1``."""
    inf = math.inf
    return Piece(
        matrix=sparse.csr_matrix([[1.0, 0.0, -30.0, 0.0], [0.0, 1.0, 0.0, -30.0], [1.0, 1.0, 0.0, 0.0]]),
        row_lower=np.full(3, -inf),
        row_upper=np.array([0.0, 0.0, 45.0]),
        col_lower=np.zeros(4),
        col_upper=np.array([inf, inf, 1.0, 1.0]),
        integer=np.array([False, False, True, True]),
        costs=np.array([-1.0, -1.0, 0.0, 0.0]),
    )


def searched(piece: Piece) -> Search:
    return Search("need", piece, piece, values=None, bound=-math.inf, proven_before=False)


@pytest.mark.parametrize("beyond", [0.0, 1e-5, -2.0])
def test_a_point_is_kept_as_rows_allow_though_a_tolerance_lets_it_seem_better(beyond: float) -> None:
    piece = two_clinics()
    search = searched(piece)
    # 1e-5 too many, and a clinic that is 1e-6 open; both within a solver's tolerance.
    assert take_point(an_engine(piece), search, np.array([30.0, 15.0 + beyond, 1.0 - 1e-6, 1.0]))
    assert search.values is not None
    assert piece.feasible(search.values, clean=True)
    assert search.value == pytest.approx(-45.0, abs=1e-9)


def test_what_the_solver_said_is_kept_where_it_is_exact_and_the_cleaned_point_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    piece = two_clinics()
    dirty = np.array([30.0, 15.0 + 1e-6, 1.0, 1.0])
    assert piece.feasible(dirty)
    assert not piece.feasible(dirty, clean=True)
    monkeypatch.setattr(cleaning, "_cleaned", lambda *_: [dirty])
    search = searched(piece)
    assert take_point(an_engine(piece), search, np.array([30.0, 15.0, 1.0, 1.0]))
    assert search.value == -45.0


def test_where_nothing_is_exact_the_best_that_is_feasible_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    piece = two_clinics()
    search = searched(piece)
    monkeypatch.setattr(cleaning, "_cleaned", lambda *_: [])
    assert take_point(an_engine(piece), search, np.array([30.0, 15.0 + 1e-6, 1.0, 1.0]))
    assert search.value == -45.0 - 1e-6
    assert not take_point(an_engine(piece), searched(piece), np.array([30.0, 16.0, 1.0, 1.0]))


@pytest.mark.parametrize("clean", [False, True])
def test_a_point_that_rows_held_less_tightly_make_exact_is_not_missed(
    clean: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = two_clinics()
    dirty, exact = np.array([30.0, 15.0 + 1e-6, 1.0, 1.0]), np.array([30.0, 15.0, 1.0, 1.0])
    search = searched(piece)
    search.clean = clean
    # The tier's own program is not solved, or only within tolerance; the one held less tightly is.
    answers = iter(([dirty] if clean else [], [exact]))
    monkeypatch.setattr(cleaning, "_cleaned", lambda *_: next(answers))
    assert take_point(an_engine(piece), search, dirty)
    assert search.value == -45.0
