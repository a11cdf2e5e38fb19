"""How a reason mentions what has a key in the tables: "site 'yopougon'".

Reasons are kept with keys, for machines and for ``--set``. Kind and quotes tell which words are keys, so that
whoever shows a reason to people can put a name in the place of each, and of nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

KINDS = ("site", "activity", "organisation", "fund", "unit", "commodity", "depot")
"""What is mentioned by key."""

_MENTION = re.compile(rf"\b({'|'.join(KINDS)}) '(.+?)'(?!\w)")


def mention(kind: str, key: str) -> str:
    """Return the words for a thing of a kind; none for a blank key."""
    return f"{kind} '{key}'" if key else ""


def retold(words: str, name: Callable[[str, str], str | None]) -> str:
    """Return words with what ``name`` says of kind and key in place of each mention; None leaves it."""
    return _MENTION.sub(lambda found: name(found[1], found[2]) or found[0], words)
