"""Which rows of the tables cannot hold together, where a mandate is broken, and what would let them.

For a broken mandate the linear program of its site, and if that could keep it, of all sites with mandates,
asks how little it could be broken at best, all others being broken no further than in the plan, whatever it
costs; the rest of the mission does whatever suits these sites best. If that is more than nothing, its duals
name the limits that say so; then one limit after another is left out (deletion filter), and stays out if the
mandate is broken all the same. What is left is a smallest set: without any one of its rows the mandate would
hold. For each, the least by which it would have to give way is found by solving once more.

If the linear program could keep the mandate, it is whole numbers that stand in the way, and the question of a
shortfall is asked of the mandate instead: what, relaxed, would let the plan keep it.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from pklogistics.explain.limits import BY_NAME, NONE
from pklogistics.explain.parts import Mandate, Part, Parts
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import CONFLICT_COLUMNS
from pklogistics.explain.sentences import number
from pklogistics.explain.wording import Wording
from pklogistics.model.program import Ints
from pklogistics.plan.mention import KINDS, mention
from pklogistics.solve.backend import Outcome, Start

MOST = 5
"""So many broken mandates are looked into, the gravest first, unless more are asked for."""

_NOTHING = 1e-6
_WHOLE = ("units", "organisations", "sites", "persons")
"""Measures of which there is no part."""

_ONE = {
    "units": "unit",
    "organisations": "organisation",
    "sites": "site",
    "depots": "depot",
    "persons": "person",
    "people": "person",
    "points": "point",
}
"""What one of a measure is called."""


def conflicts_of(
    questions: Questions, wording: Wording, deadline: float, most: int = MOST
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the conflicts behind the gravest broken mandates, at ``most`` so many, and notes on the rest."""
    broken = _broken(questions)
    if not broken:
        return pd.DataFrame(columns=list(CONFLICT_COLUMNS)), ()
    parts = Parts(questions)
    lines: list[dict[str, object]] = []
    told = 0
    for mandate in broken[:most]:
        if time.monotonic() > deadline:
            break
        told += 1
        lines += [{"conflict": told, **line} for line in _conflict(parts, wording, mandate, deadline)]
    left = len(broken) - told
    why = "no time was left" if told < min(most, len(broken)) else f"only the {most:,} gravest were asked for"
    notes = (f"further broken mandates were not looked into for conflicts: {left:,} ({why})",) if left else ()
    return pd.DataFrame(lines, columns=list(CONFLICT_COLUMNS)), notes


def _broken(questions: Questions) -> list[Mandate]:
    """Return the broken mandates, the gravest first."""
    assembly, x = questions.model.assembly, questions.x
    found: list[Mandate] = []
    for frame in assembly.broken:
        columns = frame["column"].to_numpy(np.int64)
        people = x[columns] * frame["weight"].to_numpy(float)
        labels = assembly.labelled(frame)
        rule = str(frame["rule"].iloc[0]) if len(frame) else ""
        found += [
            Mandate(rule, labels.iloc[at], int(columns[at]), float(people[at]), float(x[columns[at]]))
            for at in np.flatnonzero(people > _NOTHING)
        ]
    return sorted(found, key=lambda mandate: -mandate.people)


def _conflict(parts: Parts, wording: Wording, mandate: Mandate, deadline: float) -> list[dict[str, object]]:
    """Return the lines of the conflict behind a broken mandate: its own first, then the limits'."""
    nothing: Ints = np.zeros(0, dtype=np.int64)
    questions, negligible = parts.questions, _NOTHING * max(1.0, mandate.amount)
    part = parts.own(mandate)
    best = part.least(mandate, nothing, deadline)
    if best.status == "optimal" and best.values is not None and best.values[part.at(mandate)] <= negligible:
        part = parts.all(mandate)
        best = part.least(mandate, nothing, deadline)
    if best.status != "optimal" or best.values is None or best.duals is None:
        return [_mandate_line(questions, mandate, None)]
    if best.values[part.at(mandate)] <= negligible:
        return [_mandate_line(questions, mandate, None), *_whole_numbers(questions, wording, mandate)]
    kept = _filtered(part, mandate, best, deadline)
    # What keeps the mandate here may be wanted by other mandates: what it takes is asked of all of them.
    wide = parts.all(mandate)
    least = best if wide is part else wide.least(mandate, nothing, deadline)
    found = None if least.status != "optimal" or least.values is None else least.values[wide.at(mandate)]
    lines = [_mandate_line(questions, mandate, None if found is None else float(found))]
    earmarked = questions.model.assembly.mission.has("earmarks")
    for limit in kept:
        by = wide.change(mandate, limit, deadline)
        line = wording.line(limit, 0.0 if by is None else by)
        if line["kind"] == "earmark" and not earmarked:
            continue  # Every fund may pay for everything: no table row keeps money away.
        change = "" if by is None else _more(line, by)
        lines.append({"rule": line["kind"], "table": line["table"], "words": line["words"], "change": change})
    return lines


def _more(line: dict[str, object], by: float) -> str:
    """Return by how much a limit has to be relaxed: "staff.people: 40 staff more"; a rule is lifted."""
    if not line["measure"]:
        return f"without this row of {line['table']}"
    if line["kind"] == "whole":
        return f"{line['table']}.{line['column']}: no"
    measure = str(line["measure"])
    amount = number(_enough(by, whole=measure in _WHOLE))
    counted = f"{amount} {_ONE.get(measure, measure) if amount == '1' else measure}"
    if line["kind"] == "earmark":
        return f"{counted} that may pay for it"
    way = "less" if BY_NAME[str(line["kind"])].less else "more"
    return f"{line['table']}.{line['column']}: {counted} {way}"


def _enough(by: float, *, whole: bool) -> float:
    """Return an amount rounded up as it is shown: a little less than what is needed would not do."""
    steps = 1.0 if whole or by >= 100 else 10.0 if by >= 0.1 else 1000.0
    return float(np.ceil(by * steps - 1e-4) / steps)


def _filtered(part: Part, mandate: Mandate, best: Outcome, deadline: float) -> list[int]:
    """Return a smallest set of limits with which a mandate cannot hold."""
    of_row, own_column = part.of_row, part.at(mandate)
    assert best.duals is not None, "asked only where it was found"
    pushing = np.abs(best.duals) > 1e-9
    # The mandate's own row is the mandate: it is named first, and never left out.
    own = of_row[part.piece.matrix.tocsc()[:, [own_column]].indices]
    support = np.setdiff1d(of_row[pushing & (of_row != NONE)], own)
    others = np.setdiff1d(of_row, np.concatenate([support, own, [NONE]]))
    kept = [int(limit) for limit in support]
    start = Start(basis=best.basis)
    for limit in list(kept):
        if time.monotonic() > deadline:
            break
        tried = np.concatenate([others, [limit], np.setdiff1d(support, kept)]).astype(np.int64)
        outcome = part.least(mandate, tried, deadline, start)
        still = outcome.values is not None and outcome.status == "optimal"
        if (
            still
            and outcome.values is not None
            and outcome.values[own_column] > _NOTHING * max(1.0, mandate.amount)
        ):
            kept.remove(limit)
    return kept


def _whole_numbers(questions: Questions, wording: Wording, mandate: Mandate) -> list[dict[str, object]]:
    """Return what would let the plan keep a mandate that only whole numbers break."""
    block = int(questions.model.program.col_block[mandate.column])
    if block < 0:
        return []
    answer = questions.about(block).keep(mandate.column)
    if answer is None:
        return []
    lines = [wording.line(int(at), float(by)) for at, by in zip(answer.limits, answer.amounts, strict=True)]
    return [
        {
            "rule": line["kind"],
            "table": line["table"],
            "words": line["words"],
            "change": _more(line, float(str(line["amount"]))),
        }
        for line in lines
    ]


def _mandate_line(questions: Questions, mandate: Mandate, least: float | None) -> dict[str, object]:
    """Return the line of the mandate itself: what it asks, and to what it would have to give way."""
    by = mandate.amount if least is None else least
    table, words, change = _asked(questions, mandate, by)
    if least is None:
        words += " (the plan breaks it; no bound says that every plan must)"
    return {"rule": mandate.rule, "table": table, "words": words, "change": change}


def _asked(questions: Questions, mandate: Mandate, by: float) -> tuple[str, str, str]:
    """Return the table of a mandate, its words, and the change by which it would hold."""
    sets, label = questions.model.assembly.sets, mandate.labels
    told = {kind: mention(kind, str(label[kind])) for kind in KINDS if kind in label and _said(label[kind])}
    mission = questions.model.assembly.mission
    when = f" in period {label['period']}" if "period" in label and mission.T > 1 else ""
    if mandate.rule == "N3":
        needs = sets.needs
        site, activity = (int(sets.names.codes(key, [str(label[key])])[0]) for key in ("site", "activity"))
        at = (needs["site"] == site) & (needs["activity"] == activity) & (needs["period"] == label["period"])
        need = needs[at].iloc[0]
        floor = float(need["floor"])
        lower = max(0.0, floor - by / float(need["people"]))
        words = f"the floor of {floor:.0%} for {told['activity']} at {told['site']}{when}"
        return "needs", words, f"lower min_coverage from {floor:.2f} to {np.floor(lower * 100) / 100:.2f}"
    if mandate.rule == "C6":
        words = f"the agreement with {told['organisation']} at {told['site']}{when}"
        return "presence", words, "allowed in place of agreed"
    if mandate.rule == "T3":
        where = told.get("site") or str(label.get("region", "")) or "the theatre"
        words = f"the post of {told['unit']} at {where}{when}"
        return "unit_rules", words, f"lower min by {np.ceil(by - 1e-6):,.0f}"
    if mandate.rule == "Q1":
        words = f"impartiality in {label['sector']}"
        return "policy", words, f"a wider impartiality_tolerance ({number(by)} people of the smallest group)"
    if mandate.rule == "S1":
        words = f"the target for {told['commodity']} at {told['depot']}{when}"
        return "stock_targets", words, f"lower min_quantity by {number(by)}"
    named = "; ".join(
        told.get(str(key), str(value)) for key, value in label.items() if key != "period" and _said(value)
    )
    return "handover", f"the local share of {named}{when}", f"{number(by)} people fewer"


def _said(label: object) -> bool:
    return str(label) not in ("", "nan")
