"""What the plan costs, line by line, recomputed from its decisions (mission currency).

mobilisation  mobilisation_cost, in the period of mobilisation          (organisation)
base          base_cost in the first period with a presence at the site, and base_cost_per_period in
              each period with a presence                               (organisation, site)
presence      cost_per_presence of each capability row in use           (organisation, activity, site)
service       cost_per_person * people                                  (organisation, activity, site)
deployment    deployment_cost * arriving units, those on escort duty too (unit, site)
sustainment   cost_per_period * units stationed or on escort duty       (unit, site)
procurement, transport, depot, route: see `supplies_costs`

Sector and region follow from activity and site; whatever a line does not name is blank.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pklogistics.check.claims import Claims
from pklogistics.check.facts import Facts
from pklogistics.check.forms import COST_LINE
from pklogistics.check.matching import distinct, total
from pklogistics.check.moves import moves
from pklogistics.check.names import BLANK, KINDS_OF_COST
from pklogistics.check.supplies_claims import Goods
from pklogistics.check.supplies_costs import costs_of_supplies

ON_LINE = [*COST_LINE, "amount"]


def cost_lines(facts: Facts, claims: Claims, goods: Goods) -> pd.DataFrame:
    """Return every cost line that is not 0, each once: the columns of `COST_LINE` (coded) and amount."""
    parts = {
        "mobilisation": _mobilisation(facts, claims),
        "base": _bases(facts, claims),
        "presence": _presence(facts, claims),
        "service": _service(facts, claims),
        **_force(facts, claims),
        **costs_of_supplies(facts, goods),
    }
    lines = pd.concat([_line(facts, kind, part) for kind, part in parts.items()])
    lines = total(lines, COST_LINE, "amount")
    return lines[lines["amount"] != 0].reset_index(drop=True)


def _line(facts: Facts, kind: str, part: pd.DataFrame) -> pd.DataFrame:
    """Return the part with every key of a cost line."""
    placed = facts.placed(part)
    line = {name: placed[name].to_numpy() if name in placed else BLANK for name in ON_LINE}
    return pd.DataFrame({**line, "kind_of_cost": KINDS_OF_COST.index(kind)}, index=range(len(placed)))


def _each(things: pd.DataFrame, column: str, codes: pd.Series[Any]) -> NDArray[np.float64]:
    """Return the number that the mission gives for each code; 0 where it is blank."""
    values: NDArray[np.float64] = np.nan_to_num(things[column].to_numpy(dtype=float)[codes.to_numpy()])
    return values


def _mobilisation(facts: Facts, claims: Claims) -> pd.DataFrame:
    called = distinct(claims.tables["mobilisation"], ["organisation", "period"])
    return called.assign(amount=_each(facts.organisations, "mobilisation_cost", called["organisation"]))


def _bases(facts: Facts, claims: Claims) -> pd.DataFrame:
    there = claims.there
    first = there.groupby(["organisation", "site"])["period"].transform("min")
    set_up = _each(facts.organisations, "base_cost", there["organisation"]) * (there["period"] == first)
    return there.assign(
        amount=set_up + _each(facts.organisations, "base_cost_per_period", there["organisation"])
    )


def _presence(facts: Facts, claims: Claims) -> pd.DataFrame:
    used = distinct(claims.presence, ["organisation", "activity", "site", "period", "option"])
    used = used[used["option"] != BLANK]
    return used.assign(amount=_each(facts.options, "cost_per_presence", used["option"]))


def _service(facts: Facts, claims: Claims) -> pd.DataFrame:
    served = claims.service[claims.service["option"] != BLANK]
    return served.assign(amount=_each(facts.options, "cost_per_person", served["option"]) * served["people"])


def _force(facts: Facts, claims: Claims) -> dict[str, pd.DataFrame]:
    if not facts.mission.has("units"):
        return {}
    arrivals = moves(facts, claims)
    duties = claims.duties
    return {
        "deployment": arrivals.assign(
            amount=_each(facts.units, "deployment_cost", arrivals["unit"]) * arrivals["arriving"]
        ),
        "sustainment": duties.assign(
            amount=_each(facts.units, "cost_per_period", duties["unit"]) * duties["count"]
        ),
    }
