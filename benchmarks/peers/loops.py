"""The core written in loops with overloaded operators, as PuLP, MathOpt, ModelBuilder and PyOptInterface are.

These tools read alike: variables are objects, rows are sums of them. So the equations are said once, and a
`Dialect` says what differs: how a variable, a sum and a row are made, each in the fastest way that the tool
documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from benchmarks.peers.core import Core, members


class Dialect(Protocol):
    """What a tool calls its variables, sums and rows; an expression is whatever the tool adds up."""

    def variable(self, name: str, upper: float, whole: bool = False) -> Any:
        """Return a new variable from 0 to ``upper``."""
        ...

    def total(self, variables: list[Any]) -> Any:
        """Return the sum of variables."""
        ...

    def weighted(self, factors: list[float], variables: list[Any]) -> Any:
        """Return the sum of distinct variables, each with its factor."""
        ...

    def at_most(self, expression: Any, limit: float) -> None:
        """Add the row ``expression <= limit``."""
        ...

    def at_least(self, expression: Any, limit: float) -> None:
        """Add the row ``expression >= limit``."""
        ...

    def exactly(self, expression: Any, value: float) -> None:
        """Add the row ``expression == value``."""
        ...

    def minimise(self, expressions: list[Any]) -> None:
        """Minimise the sum of expressions."""
        ...


def state(core: Core, say: Dialect) -> None:
    """Say the whole core in a dialect."""
    _Statement(core, say).all()


class _Statement:
    def __init__(self, core: Core, say: Dialect) -> None:
        self.core, self.say, self.c = core, say, core.listed()
        c, new = self.c, say.variable
        self.served = [new(f"served_{k}", limit) for k, limit in enumerate(c.limit)]
        self.active = [new(f"active_{k}", possible, whole=True) for k, possible in enumerate(c.possible)]
        self.base = [new(f"base_{b}", 1, whole=True) for b in range(len(c.base_organisation))]
        self.mobilised = [new(f"mobilised_{o}", 1, whole=True) for o in range(c.organisations)]
        self.unmet = [new(f"unmet_{n}", net) for n, net in enumerate(c.net)]
        self.full = {n: new(f"full_{n}", 1, whole=True) for n in c.whole}
        self.broken = [new(f"broken_{i}", least) for i, least in enumerate(c.least)]
        self.paid = [new(f"paid_{p}", most) for p, most in enumerate(c.most)]
        self.by_need = members(core.need, len(c.net))

    def all(self) -> None:
        """Say every equation and the objective."""
        self.needs()
        self.presence()
        self.bases()
        self.limits()
        self.funding()

    def needs(self) -> None:
        """Say N1, N2 and N3."""
        c, say, unmet = self.c, self.say, self.unmet
        for n, net in enumerate(c.net):
            say.exactly(say.total([self.served[k] for k in self.by_need[n]] + [unmet[n]]), net)
        for n in c.whole:
            say.exactly(unmet[n] + c.net[n] * self.full[n], c.net[n])
        for i, n in enumerate(c.floor_need):
            say.at_most(unmet[n] - self.broken[i], c.allowed[i])

    def presence(self) -> None:
        """Say C1, C2 and C3."""
        c, say, served, active = self.c, self.say, self.served, self.active
        for k, limit in enumerate(c.limit):
            say.at_most(served[k] - limit * active[k], 0)
        for k, smallest in enumerate(c.smallest):
            if smallest > 0:
                say.at_least(served[k] - smallest * active[k], 0)
        entries = members(self.core.asked_floor, len(c.least))
        for i in c.backed:
            who = [active[c.asked_option[j]] for j in entries[i]]
            people = [c.asked[j] for j in entries[i]]
            say.at_least(say.weighted([*people, 1.0], [*who, self.broken[i]]), c.least[i])
        for n, cap in zip(c.capped, c.cap, strict=True):
            say.at_most(say.total([active[k] for k in self.by_need[n]]), cap)

    def bases(self) -> None:
        """Say C4."""
        c, say, active, base = self.c, self.say, self.active, self.base
        for k in c.shared:
            say.at_most(active[k] - base[c.own_base[k]], 0)
        for b, own in enumerate(members(self.core.own_base, len(base))):
            say.at_most(base[b] - say.total([active[k] for k in own]), 0)
            say.at_most(base[b] - self.mobilised[c.base_organisation[b]], 0)
        for k in c.single:
            say.at_most(active[k] - self.mobilised[c.organisation[k]], 0)

    def limits(self) -> None:
        """Say C8."""
        c, say, served, mobilised = self.c, self.say, self.served, self.mobilised
        for r, own in enumerate(members(self.core.option_total, len(c.total))):
            people = say.total([served[k] for k in own])
            say.at_most(people - c.total[r] * mobilised[c.total_organisation[r]], 0)
        for r, own in enumerate(members(self.core.option_staff, len(c.staff))):
            staff = say.weighted([c.staff_rate[k] for k in own], [served[k] for k in own])
            say.at_most(staff - c.staff[r] * mobilised[c.staff_organisation[r]], 0)
        for o, most in zip(c.sites_organisation, c.sites, strict=True):
            own = [self.base[b] for b, other in enumerate(c.base_organisation) if other == o]
            own += [self.active[k] for k in c.single if c.organisation[k] == o]
            say.at_most(say.total(own) - most * mobilised[o], 0)

    def funding(self) -> None:
        """Say F1 and F2, and what is minimised."""
        c, say = self.c, self.say
        rates: list[list[float]] = [[] for _ in range(c.accounts)]
        columns: list[list[Any]] = [[] for _ in range(c.accounts)]
        for account, rate, column in self._lines():
            rates[account].append(rate)
            columns[account].append(column)
        for a, own in enumerate(members(self.core.account, c.accounts)):
            signs = [1.0] * len(own) + [-rate for rate in rates[a]]
            say.exactly(say.weighted(signs, [self.paid[p] for p in own] + columns[a]), 0)
        for f, own in enumerate(members(self.core.fund, len(c.amount))):
            say.at_most(say.total([self.paid[p] for p in own]), c.amount[f])
        costs = [
            say.weighted([c.cost_weight * rate for rate in rates[a]], columns[a]) for a in range(c.accounts)
        ]
        need = say.weighted([c.need_weight * weight for weight in c.weight], self.unmet)
        mandate = say.weighted([c.mandate_weight] * len(self.broken), self.broken)
        say.minimise([mandate, need, *costs])

    def _lines(self) -> Iterable[tuple[int, float, Any]]:
        """Yield account, rate and variable of every cost line."""
        c = self.c
        for accounts, rates, places, variables in (
            (c.service_account, c.service_rate, c.service_option, self.served),
            (c.presence_account, c.presence_rate, c.presence_option, self.active),
            (c.bases_account, c.bases_rate, c.bases_base, self.base),
            (c.mobilisation_account, c.mobilisation_rate, c.mobilisation_organisation, self.mobilised),
        ):
            for account, rate, place in zip(accounts, rates, places, strict=True):
                yield account, rate, variables[place]
