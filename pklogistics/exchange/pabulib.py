"""``pabulib``: which projects a city pays from its participatory budget.

The format is that of Pabulib (https://pabulib.org; Faliszewski and others, Participatory Budgeting: Data,
Tools, and Analysis, IJCAI 2023): a ``.pb`` file with the sections META, PROJECTS and VOTES, separated by
semicolons. PROJECTS says how many votes each project has; single ballots are counted only where it does not.
``num_projects`` of META, where it is given, must be how many there are: a file that was cut is refused. A
file holds one instance, named after it.

Mapping
-------
- *Activity*: a project, at the only *site*, the city. It is paid whole or not at all (``all_or_nothing``),
  and its people are its votes: the column ``votes``, else ``score``, else how many ballots name it, whatever
  points or places they give. Its sector is its category.
- *Organisation*: the city, which runs every project; what one costs is the ``cost_per_presence`` of its
  capability.
- *Fund*: the budget. Limits for single categories, and the rule by which the city itself chose, are not
  kept: the class asks what the budget can do at best.
- *Depot*: none; no goods are moved.

The only tier is need, the votes of projects that are not paid. The value of the class is all votes less that
tier.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pklogistics.exchange.errors import FormatError, refusal
from pklogistics.exchange.files import read_text
from pklogistics.exchange.numbers import numbers_of
from pklogistics.exchange.source import Draft, Format, Source
from pklogistics.instance.findings import Findings
from pklogistics.instance.names import did_you_mean
from pklogistics.instance.wording import quoted

if TYPE_CHECKING:
    from pklogistics.instance.mission import Rows

BUDGET, SECTOR = "participatory budget", "participatory budget"
SECTIONS = ("META", "PROJECTS", "VOTES")
SOURCE = "Pabulib, https://pabulib.org"

_DECIMALS = re.compile(r"\d+,(\d{1,2}|\d{4,})")

Cells = Sequence[tuple[int, list[str]]]
"""Rows of a section with their lines in the file; the first is its header."""


@dataclass(frozen=True)
class Data:
    """One budget.

    Attributes
    ----------
    meta : Mapping
        What the section META says, as text.
    budget : float
        In the currency of the file.
    projects : DataFrame
        ``project, name, category, cost, gain``: votes or score.
    gain : str
        Which of the two the gain is.
    """

    meta: Mapping[str, str]
    budget: float
    projects: pd.DataFrame
    gain: str


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    data = _read(path)
    return Source((path.stem,), partial(_draft, data))


def _read(path: Path) -> Data:
    file = path.name
    text = read_text(path, file)
    sections = _sections(text, file)
    meta = {row[0]: (line, row[1]) for line, row in sections["META"][1:] if len(row) > 1}
    if "budget" not in meta:
        raise refusal(file, f"does not give 'budget' in META{did_you_mean('budget', list(meta))}")
    findings = Findings()
    budget = _number(meta["budget"][1], "budget", meta["budget"][0], file, findings)
    projects, gain = _projects(sections["PROJECTS"], file, findings)
    if findings.problems:
        raise FormatError(findings.problems)
    _refuse_cut(meta, len(projects), file)
    if gain is None:
        projects, gain = projects.assign(gain=_counted(text, file, projects["project"])), "votes"
    return Data({key: value for key, (_, value) in meta.items()}, budget, projects, gain)


def _refuse_cut(meta: Mapping[str, tuple[int, str]], count: int, file: str) -> None:
    """Raise `FormatError` if META says that there are other projects than those that were read."""
    line, said = meta.get("num_projects", (0, ""))
    if said.isdigit() and int(said) != count:
        told = (
            f"num_projects is {quoted(said)}, but PROJECTS holds {count:,}: fetch the file again if it was "
            "cut, look for a quotation mark that is not closed, or mend the number"
        )
        raise refusal(file, told, line, said)


def _counted(text: str, file: str, projects: pd.Series[str]) -> list[int]:
    """Return how many ballots name each project."""
    rows = _sections(text, file, ballots=True).get("VOTES", ())
    if not rows or "vote" not in (names := [name.lower() for name in rows[0][1]]):
        where = "no column 'vote' in VOTES" if rows else "no section VOTES"
        told = (
            f"has no column 'votes' or 'score' in PROJECTS, and {where} to count them by; give one of these"
        )
        raise refusal(file, told, rows[0][0] if rows else None)
    known, at = frozenset(projects), names.index("vote")
    count: Counter[str] = Counter()
    for line, row in rows[1:]:
        named = {each.strip() for each in row[at].split(",")} - {""} if len(row) > at else set()
        for strange in sorted(named - known)[:1]:
            told = (
                f"vote names {quoted(strange)}, which is not in PROJECTS{did_you_mean(strange, list(known))}"
            )
            raise refusal(file, told, line, strange)
        count.update(named)
    return [count[project] for project in projects]


def _sections(text: str, file: str, *, ballots: bool = False) -> dict[str, Cells]:
    """Return the rows of META and PROJECTS, and those of VOTES if ``ballots`` asks for them."""
    sections: dict[str, list[tuple[int, list[str]]]] = {}
    current: list[tuple[int, list[str]]] | None = None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    last = 1
    try:
        for cells in reader:
            row, line, last = [cell.strip() for cell in cells], last, reader.line_num + 1
            if row and row[0].upper() in SECTIONS and not any(row[1:]):
                current = sections.setdefault(row[0].upper(), [])
                if row[0].upper() == "VOTES" and not ballots:
                    break
            elif any(row) and current is not None:
                current.append((line, row))
            elif any(row):
                told = f"is {quoted(row[0])}; expected the section META"
                raise refusal(file, told, line, row[0])
    except csv.Error as error:
        raise refusal(file, f"is not a table separated by semicolons: {error}", reader.line_num) from None
    for name in ("META", "PROJECTS"):
        if not sections.get(name):
            raise refusal(file, f"has no section {name}, or nothing stands in it")
    return dict(sections)


def _projects(rows: Cells, file: str, findings: Findings) -> tuple[pd.DataFrame, str | None]:
    """Return the projects, and which column their gain is; None, with gains of 0, where there is none."""
    line, header = rows[0]
    names = [name.lower() for name in header]
    gain = next((name for name in ("votes", "score") if name in names), None)
    for name in ("project_id", "cost"):
        if name not in names:
            raise refusal(file, f"has no column '{name}' in PROJECTS{did_you_mean(name, names)}", line)
    records: dict[str, tuple[str, str, float, float]] = {}
    for line, row in rows[1:]:
        if any(row[len(names) :]):
            findings.error(file, f"has {len(row)} cells where the header has {len(names)}", line)
            continue
        cells = dict(zip(names, row + [""] * (len(names) - len(row)), strict=False))
        project = cells["project_id"]
        if not project:
            findings.error(file, "project_id is blank", line, "project_id")
        elif project in records:
            told = f"project {quoted(project)} stands twice; keep one"
            findings.error(file, told, line, "project_id", project)
        cost = _number(cells["cost"], "cost", line, file, findings)
        gained = _number(cells[gain], gain, line, file, findings) if gain else 0.0
        records[project] = (cells.get("name", ""), cells.get("category", ""), cost, gained)
    if not records and not findings.problems:
        raise refusal(file, "has no project in PROJECTS")
    frame = pd.DataFrame.from_dict(records, orient="index", columns=["name", "category", "cost", "gain"])
    return frame.rename_axis("project").reset_index(), gain


def _number(text: str, what: str, line: int, file: str, findings: Findings) -> float:
    # Some files write decimals with a comma; one before three digits may as well part the thousands.
    values = numbers_of(text.replace(",", ".") if _DECIMALS.fullmatch(text) else text, file).values
    if len(values) == 1 and values[0] >= 0:
        return float(values[0])
    told = f"{what} is {quoted(text) if text else 'blank'}; expected a number of 0 or more"
    findings.error(file, told, line, what, text)
    return 0.0


def _draft(data: Data, instance: str) -> Draft:
    meta, projects = data.meta, data.projects
    city = meta.get("unit") or "city"
    activity = projects["project"]
    sector = projects["category"].where(projects["category"] != "", SECTOR)
    tables: dict[str, Rows] = {
        "sites": [{"site": city}],
        "activities": pd.DataFrame(
            {
                "activity": activity,
                "name": projects["name"],
                "sector": sector,
                "all_or_nothing": True,
                "max_organisations": 1,
            }
        ),
        "needs": pd.DataFrame({"site": city, "activity": activity, "people": projects["gain"]}),
        "organisations": [{"organisation": city, "kind": "local government"}],
        "capabilities": pd.DataFrame(
            {"organisation": city, "activity": activity, "cost_per_presence": projects["cost"]}
        ),
        "funds": [{"fund": BUDGET, "donor": city, "amount": data.budget}],
    }
    described = meta.get("description") or instance
    header = {
        "name": f"pabulib-{instance}",
        "description": (
            f"{described}: which of {len(projects)} projects the budget pays, so that they have the most "
            f"{data.gain}, of {projects['gain'].sum():,.10g} in all."
        ),
        "sources": [SOURCE],
        "currency": meta.get("currency") or "money",
        "periods": 1,
        "objective": {"tiers": ["need"]},
    }
    return Draft(header, tables)


FORMAT = Format(open=_open)
