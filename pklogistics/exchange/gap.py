"""``gap``: which agent does which job, within what each agent can give (generalised assignment).

The format is that of the OR-Library: the numbers of agents and jobs; for each agent the cost of each job;
for each agent what each job takes of it; and what each agent has. A file holds one instance, named after it,
or several: then it begins with how many, and they are named 1, 2, … Costs are minimised. The literature
maximises some of the sets of the OR-Library (``gap1`` to ``gap12``; the values of Cattrysse, Salomon and Van
Wassenhove, EJOR 72 (1994) 167-174, as listed with the instances by fontanf/generalizedassignmentsolver, are
least costs): with ``--set sense=max`` what the file says is a gain, and the cost of a job is what an agent
gains less on it than the best one would. The mission's description says what the best gain is in all.

Mapping
-------
- *Organisation*: an agent. What it has is its *staff*, of which each job takes as many as the file says for
  that agent, by ``staff_per_1000`` of its capability at that site.
- *Site*: a job, a need of one person. Its cost is paid for the presence of the agent.
- *Activity*: the work. A job is done by one agent alone, by the policy that at most one organisation works at
  a site, and that it takes all of its need (``max_organisations`` and ``min_share`` of 1).
- *Depot*: none; nothing is moved.
- *Fund*: none; cost is what is minimised, after jobs left undone.

Every job is to be done, so the tiers are need and cost: where no job is left, the cost is the value of the
class. Where the agents have too little for all, the plan shows the jobs that nobody can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.errors import OptionsError
from pklogistics.exchange.numbers import Floats, Numbers, read_numbers
from pklogistics.exchange.source import Draft, Format, Setting, Source
from pklogistics.instance.wording import quoted

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

WORK, SECTOR = "work", "assignment"
SOURCE = "OR-Library, J. E. Beasley, Journal of the Operational Research Society 41 (1990) 1069-1072"


@dataclass(frozen=True)
class Data:
    """One instance; ``cost`` and ``takes`` have the shape (agents, jobs), ``has`` is by agent.

    Where gains are what counts, they are ``most`` less the cost: the sum of each job's largest gain.
    """

    cost: Floats
    takes: Floats
    has: Floats
    most: float | None = None


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    sense = settings["sense"].strip()
    if sense not in ("min", "max"):
        raise OptionsError(f"sense is {quoted(sense)}: give min (of costs) or max (of gains)")
    numbers = read_numbers(path)
    several = _several(numbers)
    count = numbers.whole("the number of problems") if several else 1
    problems = [_read(numbers) for _ in range(count)]
    numbers.end()
    if sense == "max":
        problems = [_of_gains(data) for data in problems]
    names = tuple(str(at) for at in range(1, count + 1)) if several else (path.stem,)
    return Source(names, partial(_draft, dict(zip(names, problems, strict=True)), path.stem))


def _read(numbers: Numbers) -> Data:
    agents = numbers.whole("the number of agents")
    jobs = numbers.whole("the number of jobs")
    cost = numbers.table(agents, jobs, "cost of a job")
    takes = numbers.table(agents, jobs, "what a job takes of an agent")
    return Data(cost, takes, numbers.take(agents, "what an agent has"))


def _several(numbers: Numbers) -> bool:
    """Say whether a file begins with how many problems it holds, and not with the agents of its only one."""
    if numbers.left > 2 and (numbers.values[:2] >= 1).all():
        agents, jobs = numbers.values[:2]
        if numbers.left == 2 + 2 * agents * jobs + agents:
            return False
    return len(numbers.lines) < 2 or bool(numbers.lines[0] != numbers.lines[1])


def _of_gains(data: Data) -> Data:
    """Return the instance whose costs are gains forgone, from one whose "costs" are gains."""
    best = data.cost.max(axis=0)
    return replace(data, cost=best - data.cost, most=float(best.sum()))


def _draft(problems: Mapping[str, Data], file: str, instance: str) -> Draft:
    data = problems[instance]
    agents, jobs = data.cost.shape
    organisation = np.array([f"agent {at}" for at in range(1, agents + 1)])
    site = np.array([f"job {at}" for at in range(1, jobs + 1)])
    tables: dict[str, Rows] = {
        "sites": pd.DataFrame({"site": site}),
        "activities": [{"activity": WORK, "sector": SECTOR}],
        "needs": pd.DataFrame({"site": site, "activity": WORK, "people": 1.0}),
        "organisations": pd.DataFrame({"organisation": organisation}),
        "capabilities": pd.DataFrame(
            {
                "organisation": np.repeat(organisation, jobs),
                "activity": WORK,
                "site": np.tile(site, agents),
                "cost_per_presence": data.cost.ravel(),
                "staff_per_1000": 1000 * data.takes.ravel(),
            }
        ),
        "staff": pd.DataFrame({"organisation": organisation, "people": data.has}),
    }
    goal = (
        "at the least cost." if data.most is None else f"for the most gain: {data.most:,.10g} less the cost."
    )
    header = {
        "name": f"gap-{file}" if instance == file else f"gap-{file}-{instance}",
        "description": f"Which of {agents} agents does which of {jobs} jobs, {goal}",
        "sources": [SOURCE],
        "periods": 1,
        "policy": {"max_organisations": 1, "min_share": 1},
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


FORMAT = Format(
    open=_open,
    settings={"sense": Setting("min", "min if the file says what jobs cost, max if it says what they gain")},
)
