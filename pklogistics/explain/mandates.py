"""The mandates that a plan breaks, and what each asks in the words of its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pklogistics.explain.questions import Questions
from pklogistics.explain.sentences import enough, number
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


def asked(questions: Questions, mandate: Mandate, by: float, *, least: bool = False) -> tuple[str, str, str]:
    """Return the table of a mandate, its words, and the change by which it would hold.

    ``least``: in whole numbers it may take more.
    """
    sets, label = questions.model.assembly.sets, mandate.labels
    told = {kind: mention(kind, str(label[kind])) for kind in KINDS if kind in label and _said(label[kind])}
    mission = questions.model.assembly.mission
    when = f" in period {label['period']}" if "period" in label and mission.T > 1 else ""
    more = "at least " if least else ""
    if mandate.rule == "N3":
        need = sets.needs.iloc[sets.number_of(label)]
        floor, people = float(need["floor"]), float(need["people"])
        words = f"the floor of {100 * floor:.4g}% for {told['activity']} at {told['site']}{when}"
        lower = _share(max(0.0, floor - by / people), people, up=False)
        return "needs", words, f"lower min_coverage from {_cell(floor)} to {'at most ' * least}{_cell(lower)}"
    if mandate.rule == "C6":
        words = f"the agreement with {told['organisation']} at {told['site']}{when}"
        return "presence", words, "allowed in place of agreed"
    if mandate.rule == "T3":
        region = f"region {label['region']}" if _said(label["region"]) else "the theatre"
        where = f"at {told['site']}" if "site" in told else f"in {region}"
        words = f"the post of {told['unit']} {where}{when}"
        return "unit_rules", words, f"lower min by {more}{np.ceil(by - 1e-6):,.0f}"
    if mandate.rule == "Q1":
        tolerance = float(mission.header.policy.impartiality_tolerance or 0.0)
        people = _smallest_group(questions, str(label["sector"]))
        wider = _share(tolerance + by / people, people, up=True)
        change = f"raise impartiality_tolerance from {_cell(tolerance)} to {more}{_cell(wider)}"
        return "policy", f"impartiality in {label['sector']}", change
    if mandate.rule == "S1":
        words = f"the target for {told['commodity']} at {told['depot']}{when}"
        return "stock_targets", words, f"lower min_quantity by {more}{number(enough(by))}"
    named = "; ".join(
        told.get(str(key), str(value)) for key, value in label.items() if key != "period" and _said(value)
    )
    return "handover", f"the local share of {named}{when}", f"{more}{number(enough(by))} people fewer"


def _share(share: float, people: float, *, up: bool) -> float:
    """Return a share rounded up or down to so many digits, two at least, that it is not a person off."""
    for digits in range(2, 9):
        steps = 10.0**digits
        # What a solver's rounding is short of is not a step.
        rounded = (np.ceil(share * steps - 1e-5) if up else np.floor(share * steps + 1e-5)) / steps
        if abs(rounded - share) * people < 1:
            break
    return float(rounded)


def _cell(share: float) -> str:
    """Return a share as it is written in a table, with two digits at least."""
    return f"{share:.2f}" if abs(share - round(share, 2)) < 1e-9 else f"{share:.10g}"


def _smallest_group(questions: Questions, sector: str) -> float:
    """Return the people of the smallest group of a sector, whom impartiality is measured by (Q1)."""
    sets = questions.model.assembly.sets
    group = sets.sites["group"].to_numpy()[sets.needs["site"]]
    needs = sets.needs.assign(group=group, named=sets.names.labels["sector"].to_numpy()[sets.needs["sector"]])
    needs = needs[(needs["named"] == sector) & (needs["group"] != "") & (needs["people"] > 0)]
    return float(needs.groupby("group")["people"].sum().min())


def impossible(questions: Questions, mandate: Mandate) -> tuple[str, str] | None:
    """Return the table and the words of why nobody, or no unit, could keep a mandate; None if some could."""
    sets, label = questions.model.assembly.sets, mandate.labels
    if mandate.rule == "N3":
        kinds, words = out_of_reach(questions.model, np.array([sets.number_of(label)]))
        return ("needs", str(words[0])) if kinds[0] else None
    if mandate.rule != "T3":
        return None
    unit, period = sets.names.codes("unit", [str(label["unit"])]), int(label["period"])
    table, inside = questions.model.assembly.mission.frame("sites"), np.ones(len(sets.sites), dtype=bool)
    for key in ("site", "region"):
        inside &= (table[key] == label[key]).to_numpy(bool) if _said(label[key]) else True
    why = kept_away(questions.model.assembly, unit, np.flatnonzero(inside), period)
    if why is None:
        return None
    return "units", f"no {mention('unit', str(label['unit']))} could be there in period {period}{why}"


def _said(label: object) -> bool:
    return str(label) not in ("", "nan")
