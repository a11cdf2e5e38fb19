"""Matching the names of a sheet with those of a mission: by p-code, by name, by the nearest name, or not.

Whatever is not an exact match is told: what was taken for what, and what found no match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pklogistics.exchange.hxl.sectors import bare
from pklogistics.instance.names import Names, misspells

Pairs = Sequence[tuple[str, str]]
"""Names, and the key that each leads to."""


@dataclass(frozen=True)
class Unmatched:
    """A name of a sheet that is no name of the mission.

    ``taken_for`` is the name it was taken for, blank if its rows were left out (or, for an organisation,
    if it counts as one of the others); ``nearest`` what it may have meant.
    """

    kind: str
    name: str
    rows: int
    taken_for: str = ""
    nearest: str = ""
    reason: str = ""

    @property
    def row(self) -> dict[str, object]:
        """The match as a row of a table or a JSON record."""
        return dict(self.__dict__)


@dataclass
class Matches:
    """What was matched so far other than exactly, in the order in which it was found."""

    near_allowed: bool = True
    found: list[Unmatched] = field(default_factory=list)

    def match(
        self,
        kind: str,
        texts: pd.Series[str],
        known: Pairs,
        given: Mapping[str, str] | None = None,
        near: Pairs | None = None,
    ) -> pd.Series[str]:
        """Return the key for each text, ``""`` where there is none; each distinct text is looked at once.

        Parameters
        ----------
        known
            Names, and the key that each leads to; a name of several keys is told, and none is taken.
        given
            Names that the user has mapped to keys, as they are compared; they come first.
        near
            Among which names a misspelt one is looked for; None: all known ones.
        """
        exact, several = by_bare_name(known)
        said = given or {}
        plain = {text: bare(text) for text in texts.unique() if text}
        keys = {text: said.get(name) or exact.get(name, "") for text, name in plain.items()}
        open_ones = [text for text, key in keys.items() if not key]
        counts = texts.value_counts()
        searched = known if near is None else near
        alone, _ = by_bare_name(searched)
        by_name = {name: key for name, key in searched if bare(name) in alone}
        names = Names(by_name)
        for text in open_ones:
            if plain[text] in several:
                reason = f"several of the mission have this name: {', '.join(several[plain[text]][:4])}"
                self.found.append(Unmatched(kind, text, int(counts[text]), reason=reason))
                continue
            like = names.nearest(text) or ""
            sure = like if self.near_allowed and like and misspells(text, [like]) else ""
            keys[text] = by_name[sure] if sure else ""
            self.found.append(Unmatched(kind, text, int(counts[text]), keys[text], like))
        return texts.map(keys).fillna("").astype("str")


def by_bare_name(known: Pairs) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the key of each name as it is compared, and the keys of names that several share."""
    keys: dict[str, list[str]] = {}
    for name, key in known:
        held = keys.setdefault(bare(name), [])
        if key not in held:
            held.append(key)
    return (
        {name: held[0] for name, held in keys.items() if name and len(held) == 1},
        {name: held for name, held in keys.items() if name and len(held) > 1},
    )


def names_and_keys(frame: pd.DataFrame, key: str) -> Pairs:
    """Return the keys of a table by key and by name; a key of one row wins over the name of another."""
    keys = [(each, each) for each in frame[key]]
    own = {bare(each) for each in frame[key]}
    names = zip(frame["name"], frame[key], strict=True)
    return [*keys, *((name, each) for name, each in names if name and bare(name) not in own)]


def counted(number: int, noun: str = "row") -> str:
    """Return "1 row", "28 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
