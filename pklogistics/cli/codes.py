"""What the program's exit codes mean."""

from __future__ import annotations

DONE = 0
NO = 1
"""The answer is no: the mission is invalid, a rule is broken, or nothing could be written."""
WRONG_USE = 2
NOTHING_FOUND = 3
"""A limit stopped the search before there was any plan."""
INTERRUPTED = 130
