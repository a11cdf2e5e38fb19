"""Decomposition: programs of many sites, solved by prices of what the sites share.

`split` takes a program apart by its block numbers, `pricing` has blocks solved at given prices, by whoever is
of the `crew` (a room of its own), `master` finds the prices that bound best for the points known so far,
`dual` alternates the two. It begins with an `opening`: prices of a `sample` (those of rows of few blocks are
`local`) or of the `earlier` tier. `polish` betters prices without pricing a block, and `tree` divides what
prices alone do not bound. `remainder` makes a first plan of known points, `choice` a draft where that fails,
`retreat` a plan of a draft; `primal`, `neighbours` and `improver` mend and better it, and `search` runs them
all on one tier. None of it knows a family of rules.
"""

from pklogistics.solve.decomposition.blocks import Blocks
from pklogistics.solve.decomposition.search import BlockSearch

__all__ = ["BlockSearch", "Blocks"]
