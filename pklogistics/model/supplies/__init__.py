"""Family supplies: goods from port to person, in the same plan as who serves whom (S1–S6).

Sets and symbols
    k commodity, d depot, s site, p place (a depot or a site), r route, t period, a activity, v vehicle type
    c cargo class: goods for organisations that accept armed escort (any), and for the others (unescorted);
        two only if some route needs escort and somebody refuses it
    e expiry: the last period in which goods can be given out; never, if that lies beyond the mission
    g = (s, a, c, t) a table: the people of one activity who are served out of one class of goods

    bought[k,c,t], taken[k,c,e]   purchases by period of ordering; initial stock and pledges taken in
    sent[r,k,c,e,t]               on a route, or handed over by a depot to the site where it stands
    on_hand[p,k,c,e,t]            at the end of a period: at depots, and at sites that have storage
    expired[p,k,c,e]              what is left at the end of its last period
    given[s,k,c,e,t]              from a site's store to people, where goods there differ in age
    portion[g,k]                  in a basket, where the amount is chosen
    driven[v,r,t]                 loads of vehicles, where types can be chosen or volume counts
    running[d,t], open[r,t]       binary: a depot is in use, a route is open; only where that costs or counts
    opened[d,t], opened[r,t]      binary: the opening is paid in t, in or before the first period of use
    on_escort[u,t]                integer: units on escort duty (see `force.duty`)

Equations, with w the weight of a unit of goods and U the most of them that is of use there,
has come there, is carried and can enter (see `worth`)
    (S1) what was on hand, enters and arrives = what is sent, given, expires and stays, for each p,k,c,e,t
         sum_c taken = stock running[d,1] (whole, unless the depot is out of use);  sum_c taken <= pledged
         sum_{c, e >= t + min_life} on_hand + broken >= min_quantity
    (S2) given to g = per_person * served, or in a basket
         per_person * served <= portion <= max_per_person * served for each commodity, and
         per_person * served <= sum_k content portion <= max_per_person * served for each nutrient;
         nobody is served with goods that cannot come
    (S3) sum w on_hand <= capacity running;  sum w (bought + taken + arriving) <= throughput running;
         sum w sent <= capacity open;  w sent <= payload driven;  sum 2 hours driven <= count hours_per_period
    (S4) sent <= U running, on_hand <= U running, bought + taken <= U running, sent <= U open, by commodity;
         running[d,t] <= sum_{t'<=t} opened[d,t'] <= 1;  sum_d running <= max_open_depots
         sum per_person * served <= sum of what can enter depots * running, by commodity (see `enough`)
    (S5) sum w sent on routes with escort <= sum_u escort_t on_escort[u,t], w = 0 being free;
         class unescorted never on them
    (S6) sum served in cash and vouchers <= market_capacity[s]

Columns exist only where goods can come from somewhere and lead to a use or a target (`network`, `flow`).
Those of one site, the last mile to it included, belong to its block; depots, long hauls, fleets and escorts
are shared.
"""

from pklogistics.model.supplies.baskets import add_baskets
from pklogistics.model.supplies.capacity import add_capacities
from pklogistics.model.supplies.escort import add_escort
from pklogistics.model.supplies.fleets import add_transport
from pklogistics.model.supplies.flow import add_flow
from pklogistics.model.supplies.markets import add_markets
from pklogistics.model.supplies.openings import add_openings
from pklogistics.model.supplies.reach import add_network
from pklogistics.model.supplies.targets import add_targets

__all__ = [
    "add_baskets",
    "add_capacities",
    "add_escort",
    "add_flow",
    "add_markets",
    "add_network",
    "add_openings",
    "add_targets",
    "add_transport",
]
