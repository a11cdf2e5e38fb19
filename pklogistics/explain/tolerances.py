"""How little counts as nothing in explanations. A proof has its own, in `proof` and `certificate`."""

from __future__ import annotations

NOTHING = 1e-6
"""People, units of what is short, or shares of them, below which it is what a solver's rounding left."""

NO_PRICE = 1e-9
"""A price of no more than this is none: a dual, a reduced cost, the weighted need that one unit meets."""

HELD = 1e-9
"""By so much of its value, and of one, a tier that is solved may still be missed by the next."""
