"""What links are, and what they are worth once all other rows have prices."""

from __future__ import annotations

import numpy as np
import pytest

from pklogistics.solve.implied import dual_bound
from pklogistics.solve.links import links_of
from pklogistics.solve.piece import piece_of
from tests.solve.programs import program
from tests.solve.test_lean import CUSTOMERS, depots


def test_links_are_found_whichever_side_their_rows_have() -> None:
    # x <= 3 y; 3 y >= x; 2 x >= y, which lets y be more only where x is; x + y <= 0.
    case = program(
        [[1, -3], [-1, 3], [2, -1], [1, 1]],
        [-np.inf, 0, 0, -np.inf],
        [0, np.inf, np.inf, 0],
        costs={"c": [1, 1]},
        upper=[3, 1],
        integer=[False, True],
    )
    links = links_of(piece_of(case))
    assert links.row.tolist() == [0, 1]
    assert links.column.tolist() == [0, 0]
    assert links.owner.tolist() == [1, 1]
    assert links.entry.tolist() == [1, -1]


def test_a_link_carries_what_its_column_would_gain() -> None:
    # A customer is worth 3.5. From the dear depot he costs 1, so that its links carry 2.5 each, 10 in all:
    # just what it costs to open. Those of the cheap one carry 1.5 each, 6 of the 7 that it costs.
    case = depots()
    piece = piece_of(case).with_objective(*case.tier_costs(case.tiers[0]))
    prices = np.zeros(piece.rows)
    prices[:CUSTOMERS] = 3.5
    links = links_of(piece)
    better = links.repriced(piece, prices)
    assert better[links.row].tolist() == [-2.5] * CUSTOMERS + [-1.5] * CUSTOMERS
    assert (piece.costs - piece.matrix.T @ better)[-2:].tolist() == [0, 1]
    bounds = piece.col_lower, piece.col_upper
    # 14 is what the best plan costs. Without prices of links, all eight would gain: 14 - 4 x 2.5 - 4 x 1.5.
    assert dual_bound(piece, better, bounds) == pytest.approx(14)
    assert dual_bound(piece, prices, bounds) == pytest.approx(-2)


def test_prices_of_links_that_carry_too_much_are_lowered() -> None:
    case = depots()
    piece = piece_of(case).with_objective(*case.tier_costs(case.tiers[0]))
    prices = np.zeros(piece.rows)
    prices[:CUSTOMERS] = 3.5
    links = links_of(piece)
    dear = prices.copy()
    dear[links.row] = -3.0
    assert links.repriced(piece, dear) == pytest.approx(links.repriced(piece, prices))
