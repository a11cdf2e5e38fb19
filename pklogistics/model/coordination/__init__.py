"""Family coordination: who may work where, with whom, and how much (C1–C9).

Sets and symbols
    o organisation, h its option (capability row), s site, a activity, t period, n = (s, a, t)

    active[o,n]     binary   o has a presence for the activity of n at its site in its period
    used[h,n]       binary   option h of several is in use (only where options cost by presence)
    base[o,s,t]     binary   o has a base at s in t (equal to active where it does one activity there)
    set_up[o,s,t]   >= 0     the base is set up in t
    mobilised[o,t]  binary   o is mobilised in t

Equations
    (C1) sum_h served[h,n] <= min(net[n], sum_h max_people[h]) active[o,n]
         served[h,n] <= max_people[h] active[o,n], or max_people[h] used[h,n]
         sum_h served[h,n] of o and o' <= net[n] - (net[n] - capacity[o']) (1 - active[o,n])
                                                 - (net[n] - capacity[o]) (1 - active[o',n])
    (C2) sum_h served[h,n] >= min_share net[n] active[o,n]
    (C3) sum_o active[o,n] <= max_organisations
    (C4) active[o,n] <= base[o,s,t] <= sum_a active[o,s,a,t];  base[o,s,t] <= sum_{t'<=t} mobilised[o,t']
         base[o,s,t] <= sum_{t'<=t} set_up[o,s,t'];  set_up[o,s,t] <= base[o,s,t]
    (C5) active[o,s,a,t] <= active[o,s,a,t+1] for continuous activities
    (C6) agreed: sum_a active + broken >= 1;  lead: active[o,n] <= active[lead,n];  refused: no column
    (C7) exclusive, partner, incompatible sites, local partner: see `agreements`
    (C8) sum_s base <= max_sites;  sum_s served[h] <= max_people_total[h];  sum staff rate * served <= staff
    (C9) staff grows by staff_per_person * trained, after the lag
         local service >= local_share * service - broken

Where mobilising costs, the sides of C7 and C8 wait for it: see `mobilised`.

A presence gets columns only if some rule or cost needs to know of it (`presence`); otherwise serving
people is free of presence and the program stays continuous there.
"""

from pklogistics.model.coordination.agreements import add_agreements
from pklogistics.model.coordination.handover import add_handover
from pklogistics.model.coordination.limits import add_limits
from pklogistics.model.coordination.presence import add_presence

__all__ = ["add_agreements", "add_handover", "add_limits", "add_presence"]
