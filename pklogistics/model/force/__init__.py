"""Family force: which units are stationed where, and what they make possible (T1–T7).

Sets and symbols
    u unit type, s site, t period, p a site with a post, n a need of a force activity

    stationed[u,s,t]  integer   units at a site
    on_escort[u,t]    integer   units on escort duty, a place like any other in T1 (see `supplies`, S5)
    arriving[u,s,t]   integer   units that were not there the period before (only where that costs or counts),
                                on escort duty as well; they follow from the others, and may be continuous
    post[p,a,t]       binary    enough persons at p to count as a post for activity a
    guarded[p,n]      >= 0      people of n served from the post at p
    secured[s,t], armed[s,t], held[s,t] in [0,1]: the site is secure, has armed units, has any unit

Equations
    (T1) arriving[u,s,t] >= stationed[u,s,t] - stationed[u,s,t-1];  sum persons arriving <= movement[t]
    (T2) sum_s stationed[u,s,t] + on_escort[u,t] <= available[u], within the unit's dates
    (T3) sum_u persons stationed <= max_persons[s];  min - broken <= sum stationed <= max by unit rule
    (T4) sum_u min(security, required) stationed >= required secured;  base <= secured
         sum_h served[h,n] <= others[n] + (net[n] - others[n]) secured, others: who needs no security
    (T5) stationed <= limit armed for armed units;  base + armed <= 1
    (T6) sum_u min(persons, min_persons) stationed >= min_persons post;  guarded <= net post;
         sum_n guarded <= sum_u people_protected stationed
    (T7) stationed <= limit held;  held <= sum of units with a surgeon within reach

secured, armed and held may be continuous: presence and stationing are whole, and that makes them so.
In T4 and T6 a coefficient need not exceed the right-hand side, since stationing is whole.
"""

from pklogistics.model.force.posts import add_posts, add_whole_posts
from pklogistics.model.force.security import add_security
from pklogistics.model.force.stationing import add_stationing

__all__ = ["add_posts", "add_security", "add_stationing", "add_whole_posts"]
