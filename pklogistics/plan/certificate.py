"""What proves the bounds of a plan that was made by parts: prices of the rows that sites share.

Rows and whole columns are numbered among those of the compiled program that no single site owns; the
fingerprint says which ones these were. Whoever checks need not believe any of it: whatever the prices are,
they bound (see `pklogistics.explain.proof.repricing`), and whether the parts leave nothing out can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_LINE = 1000
"""Prices in one line: a workbook's cell holds 32,767 characters, and a price takes up to 20."""


@dataclass(frozen=True)
class Prices:
    """Prices other than zero.

    Attributes
    ----------
    rows : numbers of the shared rows that they are of, rising
    values : in the tier's unit by one of the row's, as many
    held : of the rows that hold earlier tiers, by their name
    """

    rows: tuple[int, ...]
    values: tuple[float, ...]
    held: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the program: whole shared columns within bounds, and which of the tier's prices bound it.

    Attributes
    ----------
    box : number of a column, its least and its most, infinite where nothing beyond the program limits it
    prices : position in the tier's list
    """

    box: tuple[tuple[int, float, float], ...]
    prices: int


@dataclass(frozen=True)
class PricedTier:
    """Prices of one tier, and the parts that together are its whole program."""

    tier: str
    prices: tuple[Prices, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Certificate:
    """The priced tiers of a plan, and the fingerprint of the shared rows and columns."""

    fingerprint: str
    tiers: tuple[PricedTier, ...]


@dataclass(frozen=True)
class Damaged:
    """What stands in the place of a certificate that cannot be read; all else of its plan can be used.

    A plan that is saved again has none.

    Attributes
    ----------
    place : file that it was read from
    why : what is wrong with it
    """

    place: str
    why: str

    def __str__(self) -> str:
        return f"the prices that prove the bounds of the plan are damaged ({self.place}: {self.why})"


def written(certificate: Certificate) -> list[dict[str, Any]]:
    """Return a certificate as short lines for JSON; consecutive rows are numbered at the first of them."""
    lines: list[dict[str, Any]] = [{"fingerprint": certificate.fingerprint}]
    for tier in certificate.tiers:
        for number, prices in enumerate(tier.prices):
            at = {"tier": tier.tier, "prices": number}
            lines.append({**at, "held": dict(prices.held)})
            for start in range(0, len(prices.rows), _LINE):
                part = slice(start, start + _LINE)
                lines.append({**at, "rows": " ".join(_numbered(prices.rows[part], prices.values[part]))})
        for each in tier.parts:
            box = " ".join(f"{column}:{least!r}..{most!r}" for column, least, most in each.box)
            lines.append({"tier": tier.tier, "part": box, "prices": each.prices})
    return lines


def _numbered(rows: Iterable[int], values: Iterable[float]) -> Iterator[str]:
    following = None
    for row, value in zip(rows, values, strict=True):
        yield repr(value) if row == following else f"{row}:{value!r}"
        following = row + 1


def understood(lines: Any, place: str) -> Certificate | Damaged:
    """Return the certificate that was `written`, or what is wrong with it; ``place`` is where it stands."""
    try:
        certificate = _understood(lines)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        return Damaged(place, repr(error))
    return certificate


def _understood(lines: Iterable[Mapping[str, Any]]) -> Certificate:
    fingerprint, prices, parts = "", {}, {}  # type: str, dict[str, list[Prices]], dict[str, list[Part]]
    for line in lines:
        if "fingerprint" in line:
            fingerprint = str(line["fingerprint"])
            continue
        tier, number = str(line["tier"]), int(line["prices"])
        known = prices.setdefault(tier, [])
        if "held" in line:
            held = tuple((str(name), float(price)) for name, price in line["held"].items())
            known.append(Prices((), (), held))
        elif "rows" in line:
            rows, values = _read(line["rows"])
            before = known[number]
            known[number] = Prices(before.rows + rows, before.values + values, before.held)
        else:
            parts.setdefault(tier, []).append(Part(tuple(_sides(line["part"])), number))
    return Certificate(
        fingerprint,
        tuple(PricedTier(tier, tuple(known), tuple(parts.get(tier, ()))) for tier, known in prices.items()),
    )


def _read(text: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    rows, values, row = [], [], -1
    for word in text.split():
        number, colon, value = word.rpartition(":")
        row = int(number) if colon else row + 1
        rows.append(row)
        values.append(float(value))
    return tuple(rows), tuple(values)


def _sides(text: str) -> Iterator[tuple[int, float, float]]:
    for word in text.split():
        column, _, sides = word.partition(":")
        least, _, most = sides.partition("..")
        yield int(column), float(least), float(most)
