"""Decomposition: programs of many sites, solved by prices of what the sites share.

`split` takes a program apart by its block numbers, `pricing` solves blocks at given prices, `master` finds
the prices that bound best for the points known so far, `dual` alternates the two, `primal` and `neighbours`
make plans, and `search` runs them on one tier. None of it knows a family of rules.
"""

from pklogistics.solve.decomposition.search import Blocks, BlockSearch

__all__ = ["BlockSearch", "Blocks"]
