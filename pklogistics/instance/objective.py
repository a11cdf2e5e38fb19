"""Family objective: what counts, and in which order.

Terms: *mandate* (broken amounts, in people), *need* (severity-weighted unmet people), *cost* (mission
currency), *risk* (threat times persons stationed), *change* (from a previous plan), *waste* (goods that
expire). Tiers are solved one after the other, each held within its tolerance; or one weighted sum is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Term = Literal["mandate", "need", "cost", "risk", "change", "waste"]
TERMS: tuple[str, ...] = get_args(Term)
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Weights = Annotated[dict[Term, Weight], Field(min_length=1)]


class Tier(BaseModel):
    """One level of the objective: a weighted sum of terms, and how much it may be given up afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, description="Name of the tier.")]
    terms: Annotated[Weights, Field(description="Weight of each term; a tier named as a term needs none.")]
    tolerance: Annotated[
        float,
        Field(ge=0, allow_inf_nan=False, description="Share of its best value that later tiers may give up."),
    ] = 0.0

    @model_validator(mode="before")
    @classmethod
    def _of_a_name(cls, value: Any) -> Any:
        """Read ``"need"`` as the tier of that term alone."""
        if isinstance(value, str):
            value = {"name": value.strip()}
        if isinstance(value, Mapping) and "terms" not in value and value.get("name") in TERMS:
            value = {**value, "terms": {value["name"]: 1.0}}
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Publish that the name of a term may stand for the tier of that term alone."""
        tier = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [{"enum": list(TERMS)}, {**tier, "required": ["name"]}]}

    def as_document(self) -> str | dict[str, Any]:
        """Return the shortest way to write the tier in a header."""
        plain = self.terms == {self.name: 1.0}
        if plain and not self.tolerance:
            return self.name
        tolerance = {"tolerance": self.tolerance} if self.tolerance else {}
        return {"name": self.name, **({} if plain else {"terms": dict(self.terms)}), **tolerance}


class Objective(BaseModel):
    """What the header says about the objective."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tiers: Annotated[
        tuple[Tier, ...],
        Field(description="Tiers in order; a name of a term stands for that term."),
    ] = tuple(Tier.model_validate(name) for name in ("mandate", "need", "cost"))
    weights: Annotated[
        Weights | None, Field(description="Weights of terms: one weighted sum instead of tiers.")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _one_of_both(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and value.get("weights") is not None and "tiers" in value:
            raise ValueError("tiers and weights are both given; name one of them")
        return value

    @model_validator(mode="after")
    def _tiers_are_told_apart(self) -> Objective:
        names = [tier.name for tier in self.tiers]
        if not names:
            raise ValueError("tiers is empty; name at least one")
        if len(set(names)) < len(names):
            raise ValueError("two tiers have the same name; give each its own")
        if self.weights is not None:
            # Weights are one tier like any other to everyone who solves or checks it.
            self.__dict__["tiers"] = (Tier(name="weighted", terms=self.weights),)
        return self

    @property
    def levels(self) -> Sequence[Tier]:
        """The tiers to solve, in order: those given, or the one weighted sum."""
        return self.tiers

    def as_document(self) -> dict[str, Any]:
        """Return the objective as it is written in a header."""
        if self.weights is not None:
            return {"weights": dict(self.weights)}
        return {"tiers": [tier.as_document() for tier in self.tiers]}
