"""The form of a plan's tables: what each column holds, and which rows may not be alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COST_LINE = (
    "kind_of_cost",
    "organisation",
    "unit",
    "activity",
    "sector",
    "site",
    "region",
    "commodity",
    "period",
)


@dataclass(frozen=True)
class Form:
    """What a table of a plan must look like.

    ``named`` are labels that may not be blank, ``maybe`` labels that may; ``numbers`` are finite and not
    negative, ``counts`` whole as well; ``balances`` are finite; ``gaps`` are numbers that may be blank,
    ``ends`` periods that may be. No two rows have the same ``key``; a table without key may name a line
    twice, and its amounts are summed.
    """

    named: tuple[str, ...]
    maybe: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    balances: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    first_period: int = 1


SERVED = ("organisation", "activity", "modality", "scope", "site", "period")
LINE_LABELS = tuple(name for name in COST_LINE if name not in ("kind_of_cost", "period"))
NEED = ("site", "activity", "period")
LOT = ("commodity", "cargo", "expires")
BREAK = ("organisation", "unit", "site", "region", "activity", "sector", "depot", "commodity")
ROUTE = ("origin", "destination", "mode")

FORMS: Mapping[str, Form] = {
    "service": Form(
        named=("site", "activity", "sector"),
        maybe=("organisation", "modality", "scope", "post"),
        numbers=("people",),
        key=(*SERVED, "post"),
    ),
    "presence": Form(
        named=("organisation", "activity", "modality", "scope", "site"), numbers=("people",), key=SERVED
    ),
    "bases": Form(named=("organisation", "site"), key=("organisation", "site", "period")),
    "mobilisation": Form(named=("organisation",), key=("organisation",)),
    "stationing": Form(
        named=("unit", "site"), numbers=("persons",), counts=("count",), key=("unit", "site", "period")
    ),
    "moves": Form(
        named=("unit",),
        maybe=("site",),
        numbers=("persons",),
        counts=("arriving", "leaving"),
        key=("unit", "site", "period"),
    ),
    "purchases": Form(
        named=("depot", "commodity", "cargo"),
        maybe=("supplier",),
        numbers=("quantity", "cost"),
        key=("depot", "commodity", "supplier", "period", "cargo"),
    ),
    "intake": Form(
        named=("depot", "commodity", "source", "cargo"),
        maybe=("supplier",),
        numbers=("quantity", "declined"),
        ends=("expires",),
        # Lots that are told apart by their dates, and pledges of one supplier, may come to be alike.
    ),
    "shipments": Form(
        named=(*ROUTE, "commodity", "cargo"),
        numbers=("quantity", "tonnes"),
        ends=("expires",),
        key=(*ROUTE, "period", *LOT),
    ),
    "inventory": Form(
        named=("place", "commodity", "cargo"),
        numbers=("quantity", "tonnes"),
        ends=("expires",),
        key=("place", "period", *LOT),
    ),
    "distributions": Form(
        named=("site", "activity", "commodity", "cargo"),
        numbers=("quantity",),
        ends=("expires",),
        key=("site", "activity", "period", *LOT),
    ),
    "expiries": Form(
        named=("place", "commodity", "cargo"),
        numbers=("quantity", "tonnes"),
        key=("place", "commodity", "cargo", "period"),
    ),
    "vehicles": Form(
        named=("depot", "vehicle", "mode", "destination"),
        numbers=("tonnes", "volume_m3", "hours"),
        key=("depot", "vehicle", "mode", "destination", "period"),
    ),
    "escorts": Form(
        named=("unit",), numbers=("persons", "tonnes"), counts=("count",), key=("unit", "period")
    ),
    "openings": Form(
        named=("kind", "origin"),
        maybe=("destination", "mode"),
        numbers=("cost",),
        key=("kind", *ROUTE, "period"),
    ),
    "costs": Form(named=("kind_of_cost",), maybe=(*LINE_LABELS, "account"), numbers=("amount",)),
    "payments": Form(named=("fund", "kind_of_cost"), maybe=LINE_LABELS, numbers=("amount",)),
    "accounts": Form(named=("account",), numbers=("cost",), key=("account", "period")),
    "funds": Form(named=("fund",), numbers=("amount", "paid"), balances=("left",), key=("fund",)),
    "coverage": Form(
        named=("site", "activity", "sector"),
        numbers=("people", "covered_by_others", "served", "unmet"),
        gaps=("share",),
        key=NEED,
    ),
    "shortfalls": Form(
        named=("site", "activity", "sector"), numbers=("unmet", "weighted"), gaps=("severity",), key=NEED
    ),
    "broken": Form(
        named=("rule", "measure"),
        maybe=BREAK,
        numbers=("amount",),
        key=("rule", *BREAK, "period"),
        first_period=0,
    ),
}
"""Every table of a plan by name."""
