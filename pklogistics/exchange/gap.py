"""``gap``: which agent does which job, within what each agent can give (generalised assignment).

The format is that of the OR-Library: the numbers of agents and jobs; for each agent the cost of each job;
for each agent what each job takes of it; and what each agent has. A file holds one instance, named after it,
or several: then its first line is how many, and they are named 1, 2, … Costs are minimised. (The literature
maximises some of the sets of the OR-Library; the values of Cattrysse, Salomon and Van Wassenhove, EJOR 72
(1994) 167-174, as listed with the instances by fontanf/generalizedassignmentsolver, are least costs.)

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
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pklogistics.exchange.numbers import Floats, Numbers, read_numbers
from pklogistics.exchange.source import Draft, Format, Source

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

WORK, SECTOR = "work", "assignment"
SOURCE = "OR-Library, J. E. Beasley, Journal of the Operational Research Society 41 (1990) 1069-1072"


@dataclass(frozen=True)
class Data:
    """One instance; ``cost`` and ``takes`` have the shape (agents, jobs), ``has`` is by agent."""

    cost: Floats
    takes: Floats
    has: Floats


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    numbers = read_numbers(path)
    several = len(numbers.lines) < 2 or numbers.lines[0] != numbers.lines[1]
    count = numbers.whole("the number of problems") if several else 1
    problems = [_read(numbers) for _ in range(count)]
    numbers.end()
    names = tuple(str(at) for at in range(1, count + 1)) if several else (path.stem,)
    return Source(names, partial(_draft, dict(zip(names, problems, strict=True)), path.stem))


def _read(numbers: Numbers) -> Data:
    agents = numbers.whole("the number of agents")
    jobs = numbers.whole("the number of jobs")
    cost = numbers.table(agents, jobs, "cost of a job")
    takes = numbers.table(agents, jobs, "what a job takes of an agent")
    return Data(cost, takes, numbers.take(agents, "what an agent has"))


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
    header = {
        "name": f"gap-{file}" if instance == file else f"gap-{file}-{instance}",
        "description": f"Which of {agents} agents does which of {jobs} jobs, at the least cost.",
        "sources": [SOURCE],
        "periods": 1,
        "policy": {"max_organisations": 1, "min_share": 1},
        "objective": {"tiers": ["need", "cost"]},
    }
    return Draft(header, tables)


FORMAT = Format(open=_open)
