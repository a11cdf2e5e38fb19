"""The rows of a program that stand for no number or rule of the tables that could be relaxed, by their names.

Every row is named in `kinds`, or here: `tests/explain/test_kinds.py` compiles missions with all rules and
fails where a new one is named nowhere.
"""

from __future__ import annotations

MANDATES = ("N3", "C6_agreed")
"""What has to be, and may be broken; those of other mandates are of kinds, for they hold back others, too."""

IMPLIED = (
    *("C1_floor", "C1_pair", "C1_some_option", "C6_served", "C7_served", "S4_enough"),
    *("T4_floor", "T4_others", "T4_served", "T6_floor", "T6_whole"),
)
"""What follows from other rows, and only helps a solver."""

SERVED_WITH = ("S2", "S2_least", "S2_most", "S2_nutrient_least", "S2_nutrient_most", "S5")
"""Who is served with what came, and with the escorts that it takes."""

WORKINGS = (
    *("N1", "C1_used", "C4_mobilised", "C4_mobilised_once", "C4_open", "C4_presence"),
    *("C4_set_up_before", "C4_set_up_when_open"),
    *("T1", "T1_escort", "T2_strength", "T4_base", "T5_armed", "T7_units"),
    *("T6", "T6_guarded", "T6_held", "T6_people"),
    *("S1_taken", "S3_loads_m3", "S3_loads_t"),
    *("S4_depot_once", "S4_depot_opened", "S4_entered", "S4_on_hand", "S4_received", "S4_route"),
    *("S4_route_once", "S4_route_opened", "S4_sent", "S4_stock"),
)
"""How the world works: balances, what being there takes, what closed doors and absent units cannot do."""
