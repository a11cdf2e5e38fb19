"""The program that benchmarks.peers builds in every tool: needs, coordination and funding, one period.

This is the textbook core of the model, written down once as index sets and numbers. Each module
``benchmarks.peers.<tool>`` says the equations in the idiom of its tool. They are those of
`pklogistics.model` for a mission of these tables, so that all programs have the same size.

Sets and symbols
    n need with people left to serve;  k option: an organisation o that may serve a need n
    b base: an organisation at a site where it has several options (where it has one, base is active)
    i mandated floor of a need;  a account: cost lines that the same funds may pay;  p a fund and an account

    served[k] in [0, limit]   active[k], base[b], mobilised[o], full[n] binary
    unmet[n] in [0, net]      broken[i] in [0, least]   paid[p] in [0, most]

Equations
    (N1) sum_k served + unmet = net               (N2) unmet + net full = net, all or nothing
    (N3) unmet - broken <= allowed
    (C1) served <= limit active;  sum_k min(limit, least) active + broken >= least, for each floor
    (C2) served >= smallest active                (C3) sum_k active <= cap
    (C4) active <= base <= sum_k active;  base <= mobilised
    (C8) what an organisation does, its staff and its bases <= most mobilised
    (F1) sum_p paid = sum of the cost lines of a  (F2) sum_p paid <= amount

    min  mandate sum broken + need sum weight unmet + cost sum of all cost lines
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OURS = "ours"
"""The name of pklogistics among the tools."""

NONE = -1
"""No such row or column."""

WEIGHTS = {"mandate": 1000.0, "need": 1.0, "cost": 0.001}
"""Weights of the one objective that every tool builds; a tier of its own for each says less of a tool."""


@dataclass(frozen=True)
class Core:
    """The index sets and numbers of the core; every array is named after what its positions mean.

    Attributes
    ----------
    net, weight : of need n, people and weight of one of them
    whole : the needs that are served whole or not at all
    floor_need, allowed, least : of floor i: its need, people that may be unmet, that must be served
    need, organisation, limit, smallest, possible : of option k; possible is 0 where it may never be active
    own_base : base of option k, NONE where base is active itself
    base_organisation : of base b
    asked_floor, asked_option, asked : of the entries of C1 for floors, people
    capped, cap : needs with more options than organisations are allowed, and how many are
    option_total, total_organisation, total : row of option k (or NONE); of the row, who, and people
    option_staff, staff_rate, staff_organisation, staff : the same of staff, and staff per person served
    sites_organisation, sites : organisations with a limit on sites, and the limit
    service_*, presence_*, bases_*, mobilisation_* : account, column and rate of the cost lines on served,
        active, base and mobilised; the columns of a kind and an account are distinct
    fund, account, most : of payment p;  amount : of fund, NONE-free: funds that can pay nothing are left out
    organisations, accounts : how many there are
    mandate_weight, need_weight, cost_weight : of the objective
    """

    net: Floats
    weight: Floats
    whole: Ints
    floor_need: Ints
    allowed: Floats
    least: Floats
    need: Ints
    organisation: Ints
    limit: Floats
    smallest: Floats
    possible: Floats
    own_base: Ints
    base_organisation: Ints
    asked_floor: Ints
    asked_option: Ints
    asked: Floats
    capped: Ints
    cap: Floats
    option_total: Ints
    total_organisation: Ints
    total: Floats
    option_staff: Ints
    staff_rate: Floats
    staff_organisation: Ints
    staff: Floats
    sites_organisation: Ints
    sites: Floats
    service_account: Ints
    service_option: Ints
    service_rate: Floats
    presence_account: Ints
    presence_option: Ints
    presence_rate: Floats
    bases_account: Ints
    bases_base: Ints
    bases_rate: Floats
    mobilisation_account: Ints
    mobilisation_organisation: Ints
    mobilisation_rate: Floats
    fund: Ints
    account: Ints
    most: Floats
    amount: Floats
    organisations: int
    accounts: int
    mandate_weight: float = WEIGHTS["mandate"]
    need_weight: float = WEIGHTS["need"]
    cost_weight: float = WEIGHTS["cost"]

    @property
    def single(self) -> Ints:
        """The options whose base they are themselves."""
        return np.flatnonzero(self.own_base == NONE)

    @property
    def shared(self) -> Ints:
        """The options that have a base in common with others."""
        return np.flatnonzero(self.own_base != NONE)

    @property
    def backed(self) -> Ints:
        """The floors that some option could serve."""
        return np.unique(self.asked_floor)

    def save(self, path: Path) -> None:
        """Write the core as one npz file."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Core:
        """Read what `save` wrote."""
        with np.load(path) as file:
            values = {name: file[name] for name in file.files}
        return cls(**{name: value if value.ndim else value.item() for name, value in values.items()})

    def listed(self) -> Any:
        """Return the same as lists of plain numbers, for tools that are written to in loops."""
        names = [field.name for field in fields(self)] + ["single", "shared", "backed"]
        values = {name: getattr(self, name) for name in names}
        return SimpleNamespace(
            **{name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in values.items()}
        )


def members(rows: Ints, count: int) -> list[list[int]]:
    """Return, for each of ``count`` rows, the positions in ``rows`` that name it; NONE is nobody's."""
    result: list[list[int]] = [[] for _ in range(count)]
    for position, row in enumerate(rows.tolist()):
        if row != NONE:
            result[row].append(position)
    return result
