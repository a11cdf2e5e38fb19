"""What the plan says, coded: its tables as far as they can be read, and what cannot.

Rows with a label that the mission does not know, a period outside of the mission or a number that is
none are reported and left out, so that the rules can still be told on the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.facts import Facts
from pklogistics.check.forms import FORMS, Form
from pklogistics.check.matching import distinct, look_up, total
from pklogistics.check.names import BLANK, SCOPES, UNKNOWN, Names
from pklogistics.check.report import Violation
from pklogistics.check.tolerance import slack

if TYPE_CHECKING:
    from pklogistics.plan import Plan

# A count this close to a whole number is one.
WHOLE = 1e-6

OPTION = ["organisation", "activity", "modality", "scope", "place"]


@dataclass(frozen=True)
class Claims:
    """The plan as the checker reads it.

    ``service`` and ``presence`` carry ``option``, the mission's capability row (BLANK if there is none).
    ``active`` has each organisation, activity, site and period with a presence once, ``there`` each
    organisation, site and period. ``met`` is the mission's needs with ``served`` and ``unmet`` (people)
    as they follow from the service; rows that serve where there is no need have people 0.
    ``stations`` has unit, site, period and count, and so has ``duties``, with units on escort duty as well
    (site BLANK).
    """

    names: Names
    tables: Mapping[str, pd.DataFrame]
    service: pd.DataFrame
    presence: pd.DataFrame
    active: pd.DataFrame
    there: pd.DataFrame
    met: pd.DataFrame
    stations: pd.DataFrame
    duties: pd.DataFrame


def read_claims(facts: Facts, plan: Plan) -> tuple[Claims, list[Violation]]:
    """Code the plan's tables; return them with what cannot be read."""
    accounts = pd.Index(plan.tables["accounts"]["account"].astype(object).unique(), dtype=object)
    names = Names({**facts.names.known, "account": accounts[accounts != ""]})
    tables, found = {}, []
    for name, form in FORMS.items():
        tables[name], problems = _read_table(facts, names, plan.tables[name], name, form)
        found += problems
    escorts = tables["escorts"].assign(site=BLANK)
    post = ["unit", "site", "period"]
    service = _with_option(facts, tables["service"])
    presence = _with_option(facts, tables["presence"])
    claims = Claims(
        names=names,
        tables=tables,
        service=service,
        presence=presence,
        active=distinct(presence, ["organisation", "activity", "site", "period"]),
        there=distinct(presence, ["organisation", "site", "period"]),
        met=_met(facts, service),
        stations=total(tables["stationing"], post, "count"),
        duties=total(pd.concat([tables["stationing"], escorts], ignore_index=True), post, "count"),
    )
    return claims, found


def _read_table(
    facts: Facts, names: Names, table: pd.DataFrame, name: str, form: Form
) -> tuple[pd.DataFrame, list[Violation]]:
    """Return the readable rows of one table, coded, and its problems; the header counts as row 1."""
    coded = names.coded(table)
    if table.empty:
        return coded, []
    found: list[Violation] = []
    readable = np.ones(len(table), dtype=bool)
    for column in (*form.named, *form.maybe):
        codes = coded[column].to_numpy()
        wrong = (codes == UNKNOWN) | ((codes == BLANK) & (column in form.named))
        readable &= ~wrong
        found += _told("labels", table, name, column, wrong, "the mission has no such name")
    if "period" in table:
        period = table["period"].to_numpy()
        wrong = (period < form.first_period) | (period > facts.periods)
        readable &= ~wrong
        found += _told(
            "labels", table, name, "period", wrong, f"the mission has periods 1 to {facts.periods}"
        )
    for column in (*form.numbers, *form.counts, *form.balances, *form.gaps, *form.ends):
        values = table[column].to_numpy(dtype=float)
        wrong = np.isinf(values) | (np.isnan(values) & (column not in (*form.gaps, *form.ends)))
        readable &= ~wrong
        found += _told("numbers", table, name, column, wrong, "it must be a finite number")
        negative = (values < -slack()) & (column not in form.balances) & ~wrong
        found += _told("numbers", table, name, column, negative, "it cannot be negative")
        part = np.where(wrong, 0.0, values)
        broken = (np.abs(part - np.round(part)) > WHOLE) & (column in (*form.counts, *form.ends))
        found += _told("numbers", table, name, column, broken, "it must be whole")
    if form.key and len(table) > 1:
        twice = coded.duplicated(list(form.key)).to_numpy() & readable
        found += _told("duplicates", table, name, form.key[0], twice, "an earlier row has the same key")
    return coded[readable].reset_index(drop=True), found


def _told(
    rule: str, table: pd.DataFrame, name: str, column: str, wrong: NDArray[np.bool_], why: str
) -> list[Violation]:
    """Return a violation for each wrong cell of a column."""
    found = []
    for row in np.flatnonzero(wrong):
        value: Any = table[column].iloc[row]
        shown = f"'{value}'" if isinstance(value, str) else value
        message = f"plan table '{name}', row {row + 2}: {column} is {shown}, but {why}"
        keys: dict[str, str | int] = {"table": name, "row": int(row) + 2, "column": column}
        found.append(Violation(rule, keys, None, 1.0, "rows", message))
    return found


def _with_option(facts: Facts, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the capability row that each row names."""
    frame = facts.placed(frame)
    place = np.select(
        [frame["scope"] == SCOPES.index("site"), frame["scope"] == SCOPES.index("region")],
        [frame["site"], frame["region"]],
        BLANK,
    )
    frame = frame.assign(place=place)
    found = look_up(frame, facts.options, OPTION, "option")
    return frame.assign(option=np.where(np.isnan(found), BLANK, found).astype(np.int64))


def _met(facts: Facts, service: pd.DataFrame) -> pd.DataFrame:
    """Return needs and service side by side, by site, activity and period."""
    by = ["site", "activity", "period"]
    served = total(service, by, "people").rename(columns={"people": "served"})
    met = facts.needs.merge(served, on=by, how="outer")
    amounts = ["people", "covered", "net", "floor", "served"]
    met = met.fillna(dict.fromkeys(amounts, 0.0)).fillna({"weight": 1.0})
    return facts.placed(met.assign(unmet=np.maximum(0.0, met["net"] - met["served"])))
