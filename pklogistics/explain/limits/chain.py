"""What is told of one shortfall: the chain of limits that bind it, and the kinds of those that name none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OPEN = "open"
"""Kind of a shortfall that nothing stands in the way of."""

UNTOLD = "untold"
"""Kind of a shortfall whose question was not asked in time, or not answered."""

HOPELESS = "rearrangement"
"""Kind of a shortfall that none of the limits that can be named would let serve, not all of them together."""

OPEN_WORDS = "nothing stands in its way: the search ended before it was served"
WEIGHED = "weighed"
"""Kind of a shortfall that is no gain to serve by the mission's objective: something else counts for more."""

WEIGHED_WORDS = "it could be served, but costs more than it counts for in the mission's objective"
WEIGHED_TOO = "then it would still cost more than it counts for in the mission's objective"
HOPELESS_WORDS = (
    "whatever were relaxed, others would have to be served less,"
    " or who is present and which units stand where would have to change"
)
UNTOLD_WORDS = "not looked into yet"
UNANSWERED_WORDS = "no solver could tell what stands in its way"


@dataclass(frozen=True)
class Chain:
    """What binds one shortfall: the kinds joined, the words, and a line per limit (see `Wording.line`).

    ``weighed``: whether it would be no gain to serve by the mission's objective with these limits relaxed.
    """

    kind: str
    words: str
    limits: tuple[Mapping[str, object], ...] = ()
    weighed: bool = False


NOT_TOLD = Chain(UNTOLD, UNTOLD_WORDS)
"""What is told of a shortfall about which nothing was found out in time."""

UNANSWERED = Chain(UNTOLD, UNANSWERED_WORDS)
"""What is told of one that was asked about with time left, and no solver had an answer."""
