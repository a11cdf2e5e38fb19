"""By what change of the tables a limit, or a mandate, would give way: in words, and as ``--set`` takes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.conflicts.mandates import Mandate, said, smallest_group
from pklogistics.explain.limits.kinds import BY_NAME, GOODS, NO_HALVES, ONE, Kind
from pklogistics.explain.limits.sentences import counted, enough, number, plural, several, when_of
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.instance.changes import key_of
from pklogistics.instance.mission import Mission
from pklogistics.model.program import Ints
from pklogistics.plan.mention import KINDS, mention

_RESOLVED = {
    "cap": ("activities", "cap"),
    "min_share": ("activities", "share"),
    "security": ("sites", "required"),
}
"""Where the sets of a program have what a cell says, or the policy where it is blank."""


@dataclass(frozen=True)
class Remedy:
    """A change: ``words``, and ``set``, as ``--set`` takes it; blank where it is made by hand, or unknown."""

    words: str = ""
    set: str = ""


def of_limit(
    wording: Wording,
    limit: int,
    by: float,
    *,
    places: Ints | None = None,
    least: bool = False,
    added: bool = False,
) -> Remedy:
    """Return the change that relaxes a limit by so much, in the unit of its column; a rule is lifted.

    Parameters
    ----------
    places : where it is short, where that is known
    least : whether it may take more in whole numbers
    added : whether an amount is added to what other changes make of the cell, as several do that are made
        together
    """
    line = wording.line(limit, by)
    kind, keys, unit = BY_NAME[str(line["kind"])], wording.keys(limit), str(line["measure"])
    place = f"{line['table']}.{line['column']}"
    if kind.lifted:
        instead = f" in place of {kind.status}" if kind.status else ""
        return Remedy(f"{place}: {kind.lifted}{instead}", _set(line, keys, kind.lifted))
    if not unit or not kind.rows:
        return Remedy(f"without this row of {kind.table}")
    whole = unit in NO_HALVES
    if kind.name == "earmark":
        return _more_money(wording, limit, by, places, least=least)
    now, blank = _now(wording.asked, kind, limit)
    more = float(np.ceil(by - 1e-6)) if whole else enough(by)
    to = now - more if kind.less else now + more
    if kind.name == "min_share":
        to = share(
            now - by, float(wording.asked.limits.each[wording.asked.limits.places(limit)].max()), up=False
        )
    told = "" if least or not _alone(wording.asked, kind, limit) else _set(line, keys, f"{to:.12g}")
    if blank or kind.name == "min_share":
        by_policy = f", by policy.{kind.policy}" if blank else ""
        return Remedy(f"{place}: {'at most ' * least}{to:.10g} in place of {now:.10g}{by_policy}", told)
    if told and added:
        told = _set(line, keys, f"{'-' if kind.less else '+'}{more:.12g}")
    several_of = plural(unit) if kind.unit == GOODS else unit
    amount = f"{'at least ' * least}{counted(by, ONE.get(unit, unit), several_of, whole=whole)}"
    if not _fits(wording.asked, limit, more):
        return Remedy(f"{place}: {amount} more, and room for it in the depot")
    return Remedy(f"{place}: {amount} {'less' if kind.less else 'more'}", told)


def _more_money(wording: Wording, limit: int, by: float, places: Ints | None, *, least: bool) -> Remedy:
    """Return the change by which an account is paid: more in a fund that may, in all periods that lack it."""
    limits, unit = wording.asked.limits, wording.currency
    labels = limits.labels_of(limits.places(limit) if places is None else places)
    amount = f"{'at least ' * least}{counted(by, unit, unit)}"
    payers = wording.payers(labels)
    if not payers:
        when = when_of(labels["period"], wording.mission.T)
        return Remedy(f"{amount} that may pay for it{when}")
    told = "" if least else f"funds.{payers[0]}.amount=+{enough(by):.12g}"
    others = " or another that may pay" if len(payers) > 1 else ""
    return Remedy(f"funds.amount: {amount} more in {mention('fund', payers[0])}{others}", told)


def _set(line: dict[str, object], keys: tuple[str, ...], value: str) -> str:
    """Return a change of the column of a line, if one row says it."""
    if len(keys) != 1:
        return ""
    return f"{'.'.join(filter(None, (str(line['table']), keys[0], str(line['column']))))}={value}"


def amount_now(asked: Questions, limit: int) -> float:
    """Return how much of a limit there is by the tables, 0 where they name no amount."""
    kind = BY_NAME[str(asked.limits.table["kind"].iloc[limit])]
    return 0.0 if kind.lifted or not kind.column or not kind.unit else _now(asked, kind, limit)[0]


def _now(asked: Questions, kind: Kind, limit: int) -> tuple[float, bool]:
    """Return what the tables say of a limit now, and whether they leave it to the policy."""
    sets, rows = asked.model.assembly.sets, asked.limits.table["rows"].iloc[limit]
    if not rows or kind.name not in _RESOLVED:
        return _cell(asked, kind, limit), False
    frame, column = _RESOLVED[kind.name]
    cell = sets.mission.frame(kind.table)[kind.column].iloc[rows[0]]
    return float(getattr(sets, frame)[column].iloc[rows[0]]), bool(np.isnan(cell))


def _cell(asked: Questions, kind: Kind, limit: int) -> float:
    """Return the number in the cell of a limit; where several cells say it, or none, how much there is."""
    rows = asked.limits.table["rows"].iloc[limit]
    if kind.rows[0].startswith("T3") or len(rows) != 1:  # Closed places have other cells here.
        return float(asked.there(asked.limits.places(limit)).max(initial=0.0))
    return float(asked.model.assembly.mission.frame(kind.table)[kind.column].iloc[rows[0]])


def _alone(asked: Questions, kind: Kind, limit: int) -> bool:
    """Say whether more in the one row of a limit is all that it takes: stock may expire before it is used."""
    if kind.name != "stock":
        return True
    rows = asked.limits.table["rows"].iloc[limit]
    return len(rows) == 1 and bool(
        asked.model.assembly.mission.frame("stock")["expires"].isna().iloc[rows[0]]
    )


def _fits(asked: Questions, limit: int, more: float) -> bool:
    """Say whether so much more of a limit has room in its depot, if it is of stock."""
    places = asked.limits.places(limit)
    taken = [(room.left, room.each[np.isin(room.stock, places)]) for room in asked.rooms]
    return all(more * float(each.max(initial=0.0)) <= left for left, each in taken)


def of_mandate(asked: Questions, mandate: Mandate, by: float, *, least: bool = False) -> Remedy:
    """Return the change by which a mandate gives way by so much, as `scope` measures it.

    ``least``: in whole numbers it may take more.
    """
    mission, label = asked.model.assembly.mission, mandate.labels.iloc[0]
    more = "at least " if least else ""
    if mandate.rule == "C6":
        keys = _agreements(mission, label)
        told = f"presence.{keys[0]}.status=allowed" if len(keys) == 1 else ""
        return Remedy("allowed in place of agreed", told)
    table, column = PLACES[mandate.rule]
    if mandate.rule == "Q1":
        people = smallest_group(asked, str(label["sector"]))
        now = float(mission.header.policy.impartiality_tolerance or 0.0)
        to = share(now + by / people, people, up=True)
        return Remedy(
            f"raise {column} from {_cell_of(now)} to {more}{_cell_of(to)}",
            "" if least else f"{table}.{column}={to}",
        )
    now = float(mission.frame(table)[column].iloc[mandate.row])
    key = key_of(mission, table, mandate.row)
    if mandate.rule in ("N3", "C9"):
        people = 1.0 if mandate.rule == "C9" else _people(asked, label)
        to = max(0.0, share(now - by / people, max(people, mandate.people), up=False))
        words = f"lower {column} from {_cell_of(now)} to {'at most ' * least}{_cell_of(to)}"
    else:
        less = float(np.ceil(by - 1e-6)) if mandate.rule == "T3" else enough(by)
        to = max(0.0, now - less)
        words = f"lower {column} by {more}{number(less)}"
    return Remedy(words, "" if least else f"{table}.{key}.{column}={to:.12g}")


PLACES = {
    "N3": ("needs", "min_coverage"),
    "C6": ("presence", "status"),
    "T3": ("unit_rules", "min"),
    "Q1": ("policy", "impartiality_tolerance"),
    "S1": ("stock_targets", "min_quantity"),
    "C9": ("handover", "local_share"),
}
"""Table and column of each rule that is a mandate."""


def words_of(asked: Questions, mandate: Mandate) -> str:
    """Return what a mandate asks, in the words of its table."""
    mission, labels = asked.model.assembly.mission, mandate.labels
    told = {
        kind: several([mention(kind, str(key)) for key in labels[kind].unique() if said(key)])
        for kind in (*KINDS, "sector")
        if kind in labels
    }
    label, when = labels.iloc[0], when_of(labels["period"], mission.T) if "period" in labels else ""
    if mandate.rule == "N3":
        floor = float(mission.frame("needs")["min_coverage"].iloc[mandate.row])
        return f"the floor of {100 * floor:.4g}% for {told['activity']} at {told['site']}{when}"
    if mandate.rule == "C6":
        return f"the agreement with {told['organisation']} at {told['site']}{when}"
    if mandate.rule == "T3":
        where = f"at {told['site']}" if told.get("site") else "in the theatre"
        where = where if told.get("site") or not said(label["region"]) else f"in region {label['region']}"
        return f"the post of {told['unit']} {where}{when}"
    if mandate.rule == "Q1":
        return f"impartiality in {several([str(key) for key in labels['sector'].unique()])}"
    if mandate.rule == "S1":
        return f"the target for {told['commodity']} at {told['depot']}{when}"
    return f"the local share of {told.get('activity') or label['sector']}{when}"


def _people(asked: Questions, label: pd.Series) -> float:
    sets = asked.model.assembly.sets
    return float(sets.needs["people"].iloc[sets.number_of(label)])


def _agreements(mission: Mission, label: pd.Series) -> list[str]:
    """Return the keys of the rows of presence that ask for what a label tells."""
    frame = mission.frame("presence")
    own = (frame["status"] == "agreed") & (frame["organisation"] == label["organisation"])
    own &= (
        (frame["site"] == label["site"])
        & (frame["from"] <= label["period"])
        & (frame["until"] >= label["period"])
    )
    own &= frame["activity"].fillna("").astype(str) == (
        str(label["activity"]) if said(label["activity"]) else ""
    )
    return [key_of(mission, "presence", int(row)) for row in np.flatnonzero(own)]


def _cell_of(part: float) -> str:
    """Return a share as it is written in a table, with two digits at least."""
    return f"{part:.2f}" if abs(part - round(part, 2)) < 1e-9 else f"{part:.10g}"


def share(part: float, people: float, *, up: bool) -> float:
    """Return a share rounded up or down to so many digits, two at least, that it is not a person off."""
    for digits in range(2, 9):
        steps = 10.0**digits
        # What a solver's rounding is short of is not a step.
        rounded = (np.ceil(part * steps - 1e-5) if up else np.floor(part * steps + 1e-5)) / steps
        if abs(rounded - part) * people < 1:
            break
    return float(rounded)
