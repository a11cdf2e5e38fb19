"""How long a plan may be explained after its search."""

from __future__ import annotations

import pytest

from pklogistics.cli.reasoning import seconds_for_reasons


@pytest.mark.parametrize(
    ("time_limit", "searched", "seconds"),
    [
        (300.0, 1.0, 20.0),  # Over at once: a moment for its reasons is well within what was granted.
        (None, 1.0, 20.0),
        (300.0, 300.0, 75.0),  # A quarter of a long search.
        (20.0, 1.0, 5.0),  # No more than a quarter of a short limit.
        (1.0, 1.0, 2.0),
    ],
)
def test_a_quarter_of_the_search_and_a_moment_after_a_short_one(time_limit, searched, seconds):
    assert seconds_for_reasons(time_limit, searched) == seconds
