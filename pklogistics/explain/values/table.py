"""What one more unit of each scarce thing is worth."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pklogistics.explain.conflicts.remedies import of_limit
from pklogistics.explain.deadline import Deadline
from pklogistics.explain.limits.kinds import BY_NAME
from pklogistics.explain.limits.wording import Wording
from pklogistics.explain.results import VALUE_COLUMNS, named
from pklogistics.explain.shortfalls.questions import Questions
from pklogistics.explain.values.first_tiers import FirstTiers
from pklogistics.explain.values.look import Look
from pklogistics.explain.values.one_more import one_more_of_each
from pklogistics.explain.values.prices import Prices
from pklogistics.explain.values.scarce import pieces_of, scarce_things
from pklogistics.explain.values.value import Value, unseen
from pklogistics.explain.values.worth import less_of


def first_steps(
    questions: Questions, prices: Prices, shortfalls: pd.DataFrame, limits: pd.DataFrame, until: Deadline
) -> Look:
    """Return a look at values by which a step of the first that have a price is confirmed.

    A step takes one program, and one more of what comes whole some at each of its sites: that comes later.
    """
    look = Look(questions, prices, FirstTiers(questions, prices), shortfalls, until)
    look.confirmed(scarce_things(questions, prices, pieces_of(shortfalls, limits)))
    return look


def value_table(look: Look, wording: Wording, limits: pd.DataFrame) -> pd.DataFrame:
    """Return the values, ranked by the severity-weighted need that one more unit meets, per `VALUE_COLUMNS`.

    Amounts that can be split are priced: by the duals, with who is present as it is, and with what is begun
    for the best of the shortfalls that lack nothing else. Where that one holds for no less than a piece, or
    one more of something whole is asked for (see `one_more`), it is a line of its own.
    """
    questions, shortfalls, until = look.questions, look.shortfalls, look.until
    pieces = one_more_of_each(questions, shortfalls, until.part(0.5))
    pieces += pieces_of(shortfalls, limits)
    looked, rest = look.at_first(scarce_things(questions, look.prices, pieces))
    # How much may be taken away takes longest to find out, and ranks nothing: first all are confirmed.
    found = [_with_least(value, until) for value in sorted(looked, key=lambda value: -value.rank)]
    # A line of what was not looked at tells the best that is known of it.
    found += sorted(map(unseen, rest), key=lambda value: -value.rank)
    lines = [_line(questions, wording, value) for value in found]
    return pd.DataFrame(lines, columns=list(VALUE_COLUMNS))


def _line(questions: Questions, wording: Wording, value: Value) -> dict[str, object]:
    """Return the line of a value, with the names of its thing."""
    thing = value.thing
    labels, kind = questions.limits.told(thing.limit), BY_NAME[thing.kind]
    table, column = wording.stands(kind, labels)
    told = {name: getattr(value, name) for name in VALUE_COLUMNS if name in Value.__dataclass_fields__}
    return {
        **labels,
        **told,
        **{"kind": thing.kind, "amount": thing.amount, "table": table, "column": column},
        **{"name": name_of(labels), "measure": wording.measure(kind, labels)},
        "set": of_limit(wording, thing.limit, value.raised, added=True).set,
    }


def name_of(labels: pd.Series) -> str:
    """Return the labels of a thing as one name: "port - camp", "unicef, period 2"."""
    return ", ".join(label for _, label in named(labels.to_dict()))


def _with_least(value: Value, until: Deadline) -> Value:
    """Return a value with how much can be taken away before one less loses more, if there is time."""
    if value.gained is None or until.passed:
        return value
    return replace(value, least=less_of(value.gained, value.weighted, value.thing.amount, until))
