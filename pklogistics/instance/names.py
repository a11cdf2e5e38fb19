"""The nearest known name, for messages that say what was probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

SEARCHED = 3_000
"""Names compared in full. Where there are more, those that begin like the wanted one are."""


class Names:
    """Known names, prepared to be searched more than once.

    Case and accents count for nothing, so that ``abidjan`` finds ``Abidjan`` before anything else.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names

    @cached_property
    def _bare(self) -> dict[str, str]:
        bare: dict[str, str] = {}
        for name in self._names:
            bare.setdefault(_without_case(name), name)
        return bare

    @cached_property
    def _letters(self) -> str:
        return "".join(sorted({letter for name in self._bare for letter in name}))

    def nearest(self, name: str) -> str | None:
        """Return the known name that is most like ``name``, or None if none is near."""
        wanted = _without_case(name)
        if not wanted:
            return None
        if wanted in self._bare:
            return self._bare[wanted]
        if len(self._bare) <= SEARCHED:
            close = get_close_matches(wanted, self._bare, n=1, cutoff=0.7)
        else:
            # One slip is found among any number of names by trying all slips; more are looked for among some.
            close = [slip for slip in _slips(wanted, self._letters) if slip in self._bare][:1]
            some = [known for known in self._bare if known[:2] == wanted[:2]][:SEARCHED]
            close = close or get_close_matches(wanted, some, n=1, cutoff=0.7)
        return self._bare[close[0]] if close else None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like ``name``, or None if none is near."""
    return Names(known).nearest(name)


def did_you_mean(name: str, known: Iterable[str] | Names) -> str:
    """Return ``"; did you mean 'x'?"``, or nothing if no known name is near."""
    near = (known if isinstance(known, Names) else Names(known)).nearest(name)
    return "" if near is None else f"; did you mean '{near}'?"


def misspells(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``name`` very probably misspells: nearly all letters agree, in order."""
    near = nearest(name, known)
    if near is None:
        return None
    one, other = _without_case(name), _without_case(near)
    return near if len(other) >= 4 and SequenceMatcher(None, one, other).ratio() >= 0.8 else None


def _slips(word: str, letters: str) -> Iterator[str]:
    """Yield every word that is one slip away: two letters exchanged, one wrong, one missing, one too many."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1)
    yield from (head + tail[1:] for head, tail in cuts if tail)
    yield from (head + letter + tail[1:] for head, tail in cuts if tail for letter in letters)
    yield from (head + letter + tail for head, tail in cuts for letter in letters)


def _without_case(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
