"""A matrix with few dense rows and many sparse ones is factorised as well as any other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from pklogistics.solve.decomposition.arrow import Arrow


def a_matrix(wide: int, narrow: int, rank: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return core, side and corner of a random matrix of that rank, with a small diagonal added."""
    random = np.random.default_rng(seed)
    half = random.standard_normal((wide + narrow, rank))
    # Few of the sparse rows meet.
    half[wide:] *= random.random((narrow, rank)) < 0.2
    whole = half @ half.T + 1e-6 * np.identity(wide + narrow)
    return whole[:wide, :wide], whole[wide:, :wide], whole[wide:, wide:]


def factor_of(core: np.ndarray, side: np.ndarray, corner: np.ndarray) -> Arrow:
    """Return the factors without columns that join rows."""
    none = np.zeros((len(core) + len(corner), 0))
    return Arrow(core, side, sparse.csc_matrix(corner), none[: len(core)], none[len(core) :])


@pytest.mark.parametrize(("wide", "narrow"), [(5, 40), (0, 30), (20, 0), (1, 1)])
@pytest.mark.parametrize("joining", [0, 1, 4])
def test_solves_as_the_dense_matrix_does(wide: int, narrow: int, joining: int) -> None:
    core, side, corner = a_matrix(wide, narrow, 60, wide + narrow)
    random = np.random.default_rng(1)
    # From columns that are hardly used to columns that outweigh all else.
    columns = random.standard_normal((wide + narrow, joining)) * 10.0 ** np.arange(-1, joining - 1)
    whole = np.block([[core, side.T], [side, corner]]) + columns @ columns.T
    right = random.standard_normal(wide + narrow)
    factor = Arrow(core, side, sparse.csc_matrix(corner), columns[:wide], columns[wide:])
    first, second = factor.solve(right[:wide], right[wide:])
    assert np.allclose(whole @ np.concatenate((first, second)), right, atol=1e-6)


@pytest.mark.parametrize("rank", [3, 10])
def test_a_matrix_that_rounding_has_made_singular_is_still_solved(rank: int) -> None:
    random = np.random.default_rng(rank)
    half = random.standard_normal((12, rank))
    whole = half @ half.T
    right = whole @ random.standard_normal(12)
    factor = factor_of(whole[:4, :4], whole[4:, :4], whole[4:, 4:])
    solution = np.concatenate(factor.solve(right[:4], right[4:]))
    assert np.allclose(whole @ solution, right, atol=1e-4)


def test_rows_of_very_different_size_do_not_disturb_one_another() -> None:
    core, side, corner = a_matrix(3, 10, 20, 2)
    scale = 10.0 ** np.linspace(-6, 6, 13)
    core, side, corner = core * np.outer(scale[:3], scale[:3]), side * np.outer(scale[3:], scale[:3]), corner
    corner = corner * np.outer(scale[3:], scale[3:])
    wanted = np.random.default_rng(3).standard_normal(13) / scale
    whole = np.block([[core, side.T], [side, corner]])
    right = whole @ wanted
    found = np.concatenate(factor_of(core, side, corner).solve(right[:3], right[3:]))
    assert np.allclose(found * scale, wanted * scale, rtol=1e-5, atol=1e-6)


def test_the_order_of_one_matrix_serves_another_with_the_same_entries() -> None:
    core, side, corner = a_matrix(3, 40, 60, 5)
    order = factor_of(core, side, corner).order
    assert sorted(order) == list(range(40))
    assert list(order) != list(range(40))
    core, other, corner = 2.0 * core, side[order], corner[np.ix_(order, order)] + np.identity(40)
    none = np.zeros((43, 0))
    factor = Arrow(core, other, sparse.csc_matrix(corner), none[:3], none[3:], ordered=True)
    assert list(factor.order) == list(range(40))
    right = np.random.default_rng(6).standard_normal(43)
    found = np.concatenate(factor.solve(right[:3], right[3:]))
    assert np.allclose(np.block([[core, other.T], [other, corner]]) @ found, right, atol=1e-6)
