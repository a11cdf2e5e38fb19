"""Family equity: no community is favoured over another.

Rules, in words:

- **Q1** Impartiality, on if ``policy.impartiality_tolerance`` is given. Per sector and over the whole
  horizon, each group (the sites that name it, if they hold people in need) has a ratio of people covered,
  others' coverage included, to people in need. The highest ratio exceeds the lowest by no more than the
  tolerance, or the difference is reported as broken, in people of the smallest group of that sector.

There is no table of its own: the group is a column of sites, the tolerance stands in the header.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pklogistics.instance.row import Hxl, Label

Group = Annotated[
    Label,
    Hxl("#affected+group", "#group"),
    Field(description="Community or party, for impartiality; blank: none (Q1)."),
]


class EquityPolicy(BaseModel):
    """What the header says about equity."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    impartiality_tolerance: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description="Greatest difference of the groups' coverage ratios; absent: rule Q1 is off.",
        ),
    ] = None
