"""The nearest known name, for messages that say what was probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from difflib import SequenceMatcher, get_close_matches

SEARCHED = 3_000
"""Names compared in full; beyond that only those are that begin or end alike, the first of them."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like ``name``, or None if none is near.

    Case and accents count for nothing at first, so that ``abidjan`` finds ``Abidjan`` before anything else.
    """
    names: Collection[str] = (
        known if isinstance(known, list | tuple | dict | set | frozenset) else list(known)
    )
    wanted = _bare(name)
    if not wanted:
        return None
    if len(names) > SEARCHED:
        ends = {wanted[0], wanted[-1]}
        alike = [
            k for k in names if k and abs(len(k) - len(wanted)) <= 2 and ends & {k[0].lower(), k[-1].lower()}
        ]
        same_start = [k for k in alike if _bare(k)[:2] == wanted[:2]]
        names = [*same_start, *alike][:SEARCHED]
    bare: dict[str, str] = {}
    for known_name in names:
        bare.setdefault(_bare(known_name), known_name)
    if wanted in bare:
        return bare[wanted]
    close = get_close_matches(wanted, bare, n=1, cutoff=0.72)
    return bare[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"``, or nothing if no known name is near."""
    near = nearest(name, known)
    return "" if near is None else f"; did you mean '{near}'?"


def misspells(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``name`` very probably misspells: nearly all letters agree, in order."""
    near = nearest(name, known)
    if near is None:
        return None
    one, other = _bare(name), _bare(near)
    return near if len(other) >= 4 and SequenceMatcher(None, one, other).ratio() >= 0.8 else None


def _bare(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
