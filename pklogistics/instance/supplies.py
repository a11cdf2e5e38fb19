"""Family supplies: goods from port to person.

Rules, in words. A place is a depot or a site. Goods of a commodity have an age: what enters a depot in a
period may be given out in as many periods as its shelf life says, that one included, and stock until it
expires. They have a cargo class, too: if a route needs armed escort and an organisation refuses it, what is
for those who refuse is kept apart (*unescorted*) from what is for the others (*any*).

- **S1** Balance, per place, commodity, age, class and period: what was on hand, enters (stock, pledges,
  purchases that arrive) and comes in by route is sent on, handed to the site at which the depot stands,
  given to people, expires, or is on hand at the end. A lead time of 0 lets goods move on within the period,
  through any number of depots. Goods neither move nor stay beyond the last period in which they may be
  given out: what is then on hand expires, and is counted (term *waste*). Nothing is sent that would arrive
  after that, or after the mission. Pledges arrive whatever is decided, but may be declined.
- **S2** What is given is what people get. Whoever is served in kind or by a service takes ``per_person`` of
  each commodity of the activity's recipe. Where the activity has requirements, the basket is chosen: any
  commodity that holds a required nutrient or stands in the recipe, so that each nutrient lies between
  ``per_person`` and ``max_per_person`` of the requirement and each commodity between those of its recipe,
  times the people served, per site, activity, class and period.
- **S3** Capacities: stock at the end of a period in tonnes and in cubic metres, at depots and at sites
  (``storage_t``, ``storage_m3``; neither given: what arrives is given out in the same period); what a depot
  takes in (``throughput_t``); what a route carries. Routes whose mode has a fleet at their origin take
  vehicles of it: there and back, twice the hours for each load; hours no more than the fleet has.
- **S4** A depot is in use in every period in which it takes in, keeps or sends anything: it costs
  ``opening_cost`` once, in the first of them, and ``cost_per_period`` in each. No more than
  ``policy.max_open_depots`` are in use in a period. A route with an opening cost is opened once, when it is
  first used.
- **S5** What is sent on routes with ``escort`` in a period weighs no more than the units on that duty escort
  (``escort_t``); they are stationed nowhere else meanwhile (T2), and cost and move as if they were. Goods of
  class *unescorted* never take such a route.
- **S6** Cash and vouchers need no goods, but no more people of a site are served by them in a period than its
  market bears (``market_capacity``).

Safety stock (``stock_targets``) is elastic: what is missing is reported as broken, in people, each taking
the largest ``per_person`` of the commodity's recipes. Costs: procurement (price of what is bought), transport
(``cost_per_t``, ``cost_per_hour``), depot, route.

One-way hours of a route: its own, else minutes of ``travel_times``, else its distance at
``policy.convoy_speed_kmh``; its distance: its own, else that of ``travel_times``, else the great circle.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pklogistics.instance import supplies_goods, supplies_stores, supplies_transport


class SuppliesPolicy(BaseModel):
    """What the header says about supplies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_open_depots: Annotated[
        int | None, Field(ge=1, description="Cap on depots in use in a period (S4); absent: no cap.")
    ] = None
    convoy_speed_kmh: Annotated[
        float,
        Field(gt=0, allow_inf_nan=False, description="Speed on routes whose hours are not known (S3)."),
    ] = 40.0


_STORES = {table.name: table for table in supplies_stores.TABLES}

TABLES = (
    *supplies_goods.TABLES,
    *(_STORES[name] for name in ("depots", "stock", "supplies")),
    *supplies_transport.TABLES,
    _STORES["stock_targets"],
)

FAMILY = frozenset(table.name for table in TABLES)
"""Names of the tables of the family; any of them switches its checks on."""
