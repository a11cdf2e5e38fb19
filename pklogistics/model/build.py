"""The table of contents of the model: which families make up the program of a mission."""

from __future__ import annotations

from dataclasses import dataclass

from pklogistics.instance.mission import Mission
from pklogistics.model import coordination, equity, force, funding, needs, objective, supplies
from pklogistics.model.assembly import Assembly
from pklogistics.model.program import Program


@dataclass(frozen=True)
class Model:
    """A compiled mission: the program, and the tables that say what its columns mean."""

    program: Program
    assembly: Assembly


def compile_mission(mission: Mission, *, apart: bool = False) -> Model:
    """Compile a mission into its program.

    ``apart``: every rule in rows of its own, also where fewer rows would say the same and be tighter, and
    nothing whole but what is decided by itself.

    The families share columns through the assembly: presence and service come first because everything
    refers to them, but for where goods can come at all, which says who can serve; money comes last because
    it collects the cost lines of all.
    """
    assembly = Assembly.of(mission, apart=apart)
    supplies.add_network(assembly)
    coordination.add_presence(assembly)
    needs.add_service(assembly)
    supplies.add_flow(assembly)
    force.add_stationing(assembly)
    force.add_posts(assembly)
    needs.add_balance(assembly)
    force.add_whole_posts(assembly)
    coordination.add_limits(assembly)
    coordination.add_agreements(assembly)
    coordination.add_handover(assembly)
    force.add_security(assembly)
    equity.add_impartiality(assembly)
    supplies.add_baskets(assembly)
    supplies.add_openings(assembly)
    supplies.add_capacities(assembly)
    supplies.add_transport(assembly)
    supplies.add_escort(assembly)
    supplies.add_markets(assembly)
    supplies.add_targets(assembly)
    funding.add_payments(assembly)
    return Model(assembly.builder.build(objective.tiers(mission)), assembly)
