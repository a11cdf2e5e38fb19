"""The header of a mission: who it is about, its calendar, its policy and its objective.

It stands in ``mission.toml``, in the sheet ``mission`` of a workbook (dotted keys and values), or under
``mission`` in a JSON file.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pklogistics.instance.coordination import CoordinationPolicy
from pklogistics.instance.equity import EquityPolicy
from pklogistics.instance.force import ForcePolicy
from pklogistics.instance.needs import NeedsPolicy
from pklogistics.instance.objective import Objective
from pklogistics.instance.supplies import SuppliesPolicy
from pklogistics.instance.texts import FORBIDDEN, one_newline

LISTS = frozenset({"sources", "policy.security_by_threat", "policy.severity_weights", "objective.tiers"})
"""Keys that hold lists, by their dotted names."""


def _writable(text: str) -> str:
    if FORBIDDEN.search(text):
        raise ValueError("holds a control character, which not every container can hold; remove it")
    return one_newline(text)


Words = Annotated[str, AfterValidator(_writable)]
Filled = Annotated[Words, Field(min_length=1)]


class Policy(CoordinationPolicy, ForcePolicy, EquityPolicy, NeedsPolicy, SuppliesPolicy):
    """The policy of the mission: defaults and rules that hold everywhere."""


class Header(BaseModel):
    """The header of a mission. Immutable; every key but ``format`` has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[Literal[1], Field(description="Version of the format.")]
    name: Annotated[Filled, Field(description="Name of the mission.")] = "mission"
    description: Annotated[Words, Field(description="What it is about.")] = ""
    sources: Annotated[tuple[Filled, ...], Field(description="Which numbers are facts, and from where.")] = ()
    currency: Annotated[Filled, Field(description="Currency of all money.")] = "USD"
    start: Annotated[
        date | None, Field(description="First day of period 1; needed where dates are used.")
    ] = None
    periods: Annotated[int, Field(ge=1, le=100_000, description="Number of periods.")] = 1
    period_days: Annotated[
        float, Field(gt=0, allow_inf_nan=False, description="Length of a period in days.")
    ] = 30.0
    policy: Annotated[Policy, Field(default_factory=Policy)]
    objective: Annotated[Objective, Field(default_factory=Objective)]

    def as_document(self) -> dict[str, Any]:
        """Return the header as it is written: what was given, without what was left to its default."""
        document = self.model_dump(
            exclude_unset=True, exclude_none=True, exclude={"policy", "objective", "format"}
        )
        document = {"format": self.format, **document}
        policy = self.policy.model_dump(exclude_unset=True, exclude_none=True)
        if policy:
            document["policy"] = policy
        if self.objective != Objective():
            document["objective"] = self.objective.as_document()
        plain: dict[str, Any] = _plain(document)
        return plain


def _plain(value: Any) -> Any:
    """Write tuples as lists and whole numbers without a decimal point."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
