"""The mandates that a plan breaks, and what each asks in the words of its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.questions import Questions
from pklogistics.explain.sentences import number
from pklogistics.explain.shortfalls import out_of_reach
from pklogistics.explain.widened import broken_columns
from pklogistics.model.force.reasons import kept_away
from pklogistics.model.program import Ints
from pklogistics.plan.mention import KINDS, mention

_NOTHING = 1e-6


@dataclass(frozen=True)
class Mandate:
    """A mandate that the plan breaks: its rule, its labels, its column, and by how much, in people."""

    rule: str
    labels: pd.Series
    column: int
    people: float
    amount: float


def broken_mandates(questions: Questions) -> list[Mandate]:
    """Return the broken mandates, the gravest first."""
    mandates = broken_columns(questions.model)
    broken = mandates_of(questions, mandates[questions.x[mandates] > 0])
    return sorted((each for each in broken if each.people > _NOTHING), key=lambda each: -each.people)


def mandates_of(questions: Questions, columns: Ints) -> Iterator[Mandate]:
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


def asked(questions: Questions, mandate: Mandate, by: float) -> tuple[str, str, str]:
    """Return the table of a mandate, its words, and the change by which it would hold."""
    sets, label = questions.model.assembly.sets, mandate.labels
    told = {kind: mention(kind, str(label[kind])) for kind in KINDS if kind in label and _said(label[kind])}
    mission = questions.model.assembly.mission
    when = f" in period {label['period']}" if "period" in label and mission.T > 1 else ""
    if mandate.rule == "N3":
        need = sets.needs.iloc[_need_of(questions, mandate)]
        floor = float(need["floor"])
        lower = max(0.0, floor - by / float(need["people"]))
        words = f"the floor of {floor:.0%} for {told['activity']} at {told['site']}{when}"
        return "needs", words, f"lower min_coverage from {floor:.2f} to {np.floor(lower * 100) / 100:.2f}"
    if mandate.rule == "C6":
        words = f"the agreement with {told['organisation']} at {told['site']}{when}"
        return "presence", words, "allowed in place of agreed"
    if mandate.rule == "T3":
        region = f"region {label['region']}" if _said(label["region"]) else "the theatre"
        where = f"at {told['site']}" if "site" in told else f"in {region}"
        words = f"the post of {told['unit']} {where}{when}"
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


def impossible(questions: Questions, mandate: Mandate) -> tuple[str, str] | None:
    """Return the table and the words of why nobody, or no unit, could keep a mandate; None if some could."""
    sets, label = questions.model.assembly.sets, mandate.labels
    if mandate.rule == "N3":
        kinds, words = out_of_reach(questions.model, np.array([_need_of(questions, mandate)]))
        return ("needs", str(words[0])) if kinds[0] else None
    if mandate.rule != "T3":
        return None
    unit, period = sets.names.codes("unit", [str(label["unit"])]), int(label["period"])
    table, inside = questions.model.assembly.mission.frame("sites"), np.ones(len(sets.sites), dtype=bool)
    for key in ("site", "region"):
        inside &= (table[key] == label[key]).to_numpy(bool) if _said(label[key]) else True
    sites = np.flatnonzero(inside)
    stationing = questions.model.assembly.stationing
    here = (stationing["unit"] == unit[0]) & (stationing["period"] == period)
    if stationing.loc[here, "site"].isin(sites).any():
        return None
    why = kept_away(sets, unit, sites, period)
    said = f"no {mention('unit', str(label['unit']))} could be there in period {period}"
    return "units", said + (f": {why}" if why else "")


def _need_of(questions: Questions, mandate: Mandate) -> int:
    """Return the number of the need that a floor is of."""
    sets, label = questions.model.assembly.sets, mandate.labels
    needs = sets.needs
    site, activity = (int(sets.names.codes(key, [str(label[key])])[0]) for key in ("site", "activity"))
    at = (needs["site"] == site) & (needs["activity"] == activity) & (needs["period"] == label["period"])
    return int(np.flatnonzero(at)[0])


def _said(label: object) -> bool:
    return str(label) not in ("", "nan")
