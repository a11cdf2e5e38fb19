"""Small linear programs, solved again from the basis of another, or anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pklogistics.solve import small
from pklogistics.solve.backend import Start
from pklogistics.solve.piece import Piece, piece_of
from pklogistics.solve.scaling import scaling_of
from pklogistics.solve.small import Effort, solve_from, solve_small
from tests.solve.programs import diet


def _piece() -> Piece:
    program = diet()
    return piece_of(program).with_objective(*program.tier_costs(program.tiers[0]))


@pytest.mark.parametrize("many", [0, 1000])
def test_what_is_solved_from_a_basis_or_anew_is_the_same(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    piece = _piece()
    scaling = scaling_of(piece)
    first = solve_small(piece, scaling, Effort())
    tighter = replace(piece, row_lower=piece.row_lower * 1.1)
    anew = solve_small(tighter, scaling, Effort())
    monkeypatch.setattr(small, "_MANY_ROWS", many)
    again = solve_from(Start(basis=first.basis), tighter, scaling, Effort(dual=True), anew=5.0)
    assert first.values is not None
    assert anew.values is not None
    assert again.values is not None
    assert tighter.value(again.values) == pytest.approx(tighter.value(anew.values))
    assert tighter.value(again.values) > piece.value(first.values)


def test_what_takes_longer_from_a_basis_is_solved_anew() -> None:
    # No time at all is left for the basis, and the optimum is found all the same.
    piece = _piece()
    first = solve_small(piece, scaling_of(piece), Effort())
    again = solve_from(Start(basis=first.basis), piece, scaling_of(piece), Effort(), anew=0.0)
    assert (again.status, again.bound) == ("optimal", pytest.approx(first.bound))
