"""Which rows of the tables cannot hold together, where a mandate is broken, and what would let them.

For a broken mandate the linear program of its site, and if that could keep it, of all sites with mandates,
asks how little it could be broken at best, all others being broken no further than in the plan, whatever it
costs; the rest of the mission does whatever suits these sites best. If that is more than nothing, its duals
name the limits and the other mandates that say so; then one after another is left out (deletion filter), and
stays out if the mandate is broken all the same. What is left is a smallest set: without any one of its rows
the others could hold. For each, the least by which it would have to give way is found by solving once more;
where that is left open, another conflict stands in the way as well, and is told next.

If the linear program could keep the mandate, it is whole numbers that stand in the way, and the question of a
shortfall is asked of the mandate instead: what, relaxed (all of it together), would let the plan keep it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pklogistics.explain.limits import BY_NAME, EMPTY, NONE
from pklogistics.explain.parts import NO_PRICE, Mandate, Part, Parts
from pklogistics.explain.questions import Questions
from pklogistics.explain.results import CONFLICT_COLUMNS
from pklogistics.explain.sentences import number
from pklogistics.explain.widened import broken_columns
from pklogistics.explain.wording import Wording
from pklogistics.model.program import Ints
from pklogistics.plan.mention import KINDS, mention
from pklogistics.solve.backend import Outcome, Start

MOST = 5
"""So many broken mandates are looked into, the gravest first, unless more are asked for."""

_SETS = 3
"""Most conflicts that are told of one mandate."""

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
    conflicts: list[list[dict[str, object]]] = []
    told = unexplained = 0
    for mandate in broken[:most]:
        if time.monotonic() > deadline:
            break
        told += 1
        found = _conflict(parts, wording, mandate, deadline)
        unexplained += not found
        conflicts += [lines for lines in found if lines not in conflicts]
    lines = [{"conflict": at, **line} for at, lines in enumerate(conflicts, 1) for line in lines]
    left = len(broken) - told
    why = "no time was left" if told < min(most, len(broken)) else f"only the {most:,} gravest were asked for"
    said = (
        (left, f"further broken mandates were not looked into for conflicts: {left:,} ({why})"),
        (
            unexplained,
            f"of {unexplained:,} broken mandates it is not known what stands in their way:"
            " a plan from a longer search may keep them",
        ),
    )
    notes = tuple(sentence for there, sentence in said if there)
    return pd.DataFrame(lines, columns=list(CONFLICT_COLUMNS)), notes


def _broken(questions: Questions) -> list[Mandate]:
    """Return the broken mandates, the gravest first."""
    mandates = broken_columns(questions.model)
    broken = _mandates(questions, mandates[questions.x[mandates] > 0])
    return sorted((each for each in broken if each.people > _NOTHING), key=lambda each: -each.people)


def _mandates(questions: Questions, columns: Ints) -> Iterator[Mandate]:
    """Yield the mandates that these columns are of."""
    assembly, x = questions.model.assembly, questions.x
    for frame in assembly.broken:
        chosen = frame[frame["column"].isin(columns)]
        for (_, labels), line in zip(
            assembly.labelled(chosen).iterrows(), chosen.to_dict("records"), strict=True
        ):
            column = int(line["column"])
            amount = float(x[column])
            yield Mandate(str(line["rule"]), labels, column, amount * float(line["weight"]), amount)


def _conflict(
    parts: Parts, wording: Wording, mandate: Mandate, deadline: float
) -> list[list[dict[str, object]]]:
    """Return the conflicts behind a broken mandate: its own line first, then other mandates' and the limits'.

    Once one is known its limits are left out: what breaks the mandate still is another. None, if nothing is
    known to stand in its way.
    """
    questions, negligible = parts.questions, _NOTHING * max(1.0, mandate.amount)
    part, wide = parts.own(mandate), parts.all(mandate)
    best = part.least(mandate, EMPTY, deadline)
    broken = part.broken(mandate, best)
    # What keeps the mandate at its site others may want, too: what it takes is asked of all of them.
    least = best if wide is part else wide.least(mandate, EMPTY, deadline)
    if broken is not None and broken <= negligible:
        part, best, broken = wide, least, wide.broken(mandate, least)
    if broken is None or best.duals is None:
        return []
    if broken <= negligible:
        lines = _whole_numbers(questions, wording, mandate)
        return [[_mandate_line(questions, mandate, None), *lines]] if lines else []
    own = _mandate_line(questions, mandate, wide.broken(mandate, least))
    conflicts: list[list[dict[str, object]]] = []
    left_out = EMPTY
    while broken is not None and broken > negligible and best.duals is not None and len(conflicts) < _SETS:
        kept, others = _filtered(part, mandate, best, left_out, deadline)
        more = [_other_line(wide, other, mandate, deadline) for other in _mandates(questions, others)]
        limits = [_limit_line(wide, wording, mandate, limit, deadline) for limit in kept.tolist()]
        conflicts.append([own, *more, *(line for line in limits if line is not None)])
        if not len(kept):
            break
        left_out = np.concatenate([left_out, kept])
        best = part.least(mandate, left_out, deadline)
        broken = part.broken(mandate, best)
    return conflicts


def _limit_line(
    wide: Part, wording: Wording, mandate: Mandate, limit: int, deadline: float
) -> dict[str, object] | None:
    """Return the line of a limit and by how much it has to be relaxed; None if no table row says it."""
    by = wide.change(mandate, limit, deadline)
    line = wording.line(limit, 0.0 if by is None else by)
    if line["kind"] == "earmark" and not wide.questions.model.assembly.mission.has("earmarks"):
        return None  # Every fund may pay for everything: no table row keeps money away.
    return _told(line, "" if by is None else _more(line, by))


def _told(line: dict[str, object], change: str) -> dict[str, object]:
    """Return the line of a conflict for one of a limit."""
    return {"rule": line["kind"], "table": line["table"], "words": line["words"], "change": change}


def _other_line(wide: Part, other: Mandate, mandate: Mandate, deadline: float) -> dict[str, object]:
    """Return the line of another mandate, and how far it would have to give way."""
    by = wide.gives_way(mandate, other.column, deadline)
    table, words, change = _asked(wide.questions, other, 0.0 if by is None else by)
    return {"rule": other.rule, "table": table, "words": words, "change": "" if by is None else change}


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


def _filtered(
    part: Part, mandate: Mandate, best: Outcome, left_out: Ints, deadline: float
) -> tuple[Ints, Ints]:
    """Return a smallest set of limits, and of columns of other mandates, with which a mandate cannot hold.

    ``best`` is the outcome with the limits ``left_out`` left out.
    """
    of_row = part.of_row
    assert best.duals is not None, "asked only where it was found"
    pushing = np.abs(best.duals) > NO_PRICE
    # The mandate's own row is the mandate: it is named first, and never left out.
    own = of_row[part.piece.matrix.tocsc()[:, [part.at(mandate)]].indices]
    limits = np.setdiff1d(of_row[pushing & (of_row != NONE)], np.concatenate([own, left_out]))
    free = np.setdiff1d(of_row, np.concatenate([limits, own, [NONE]]))
    others = part.needed(mandate, best)
    given_up = np.setdiff1d(part.others(mandate), others)
    start = Start(basis=best.basis)

    def breaks(free: Ints, given_up: Ints) -> bool:
        least = part.broken(mandate, part.least(mandate, free, deadline, start, given_up=given_up))
        return least is not None and least > _NOTHING * max(1.0, mandate.amount)

    if not breaks(free, given_up):
        # Prices say less than they should: then every mandate is asked about.
        others, given_up = part.others(mandate), EMPTY
    for limit in limits:
        if time.monotonic() <= deadline and breaks(np.append(free, limit), given_up):
            free = np.append(free, limit)
    for other in others:
        if time.monotonic() <= deadline and breaks(free, np.append(given_up, other)):
            given_up = np.append(given_up, other)
    return np.setdiff1d(limits, free), np.setdiff1d(others, given_up)


def _whole_numbers(questions: Questions, wording: Wording, mandate: Mandate) -> list[dict[str, object]]:
    """Return what would let the plan keep a mandate that only whole numbers break."""
    block = int(questions.model.program.col_block[mandate.column])
    if block < 0:
        return []
    answer = questions.about(block).keep(mandate.column)
    if answer is None:
        return []
    lines = [wording.line(int(at), float(by)) for at, by in zip(answer.limits, answer.amounts, strict=True)]
    together = " (together with the others)" if len(lines) > 1 else ""
    return [_told(line, _more(line, float(str(line["amount"]))) + together) for line in lines]


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
