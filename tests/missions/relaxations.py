"""Each rule of a tiny mission taken away alone, and the tiers that are reached without it.

They show that the rule binds: with it the mission's own answer is another one. The arithmetic stands under
"What binds" in the description of the mission. The missions of family supplies have a module of their own.
"""

from __future__ import annotations

from tests.missions.answer import tiers
from tests.missions.draft import Draft
from tests.missions.relaxation import Relaxation
from tests.missions.relaxations_supplies import RELAXATIONS_OF_SUPPLIES


def _without_surgeons(draft: Draft) -> Draft:
    """Take away both the capital's hospital and the field hospital."""
    return draft.blanked("sites", "medical_level").without_rows("units", unit="field hospital")


RELAXATIONS: tuple[Relaxation, ...] = (
    # Camp 2000 + 8000 by the agency alone, town 3500 by the charity.
    Relaxation("tiny-first", "C1", lambda d: d.blanked("capabilities", "max_people"), tiers(0, 0, 13500)),
    Relaxation("tiny-first", "C4", lambda d: d.blanked("organisations", "base_cost"), tiers(0, 500, 10000)),
    # Dock full, mill 300 of 800.
    Relaxation("tiny-coverage", "N3", lambda d: d.blanked("needs", "min_coverage"), tiers(0, 500 * 3, 900)),
    # Floors of 400 + 600 with 900 USD.
    Relaxation("tiny-coverage", "N1", lambda d: d.without("coverage"), tiers(100, 5000 + 1200 + 100, 900)),
    Relaxation("tiny-coverage", "F2", lambda d: d.without("funds"), tiers(0, 0, 1400)),
    Relaxation("tiny-whole", "N2", lambda d: d.blanked("activities", "all_or_nothing"), tiers(0, 55, 95)),
    Relaxation("tiny-whole", "F2", lambda d: d.without("funds"), tiers(0, 0, 150)),
    Relaxation(
        "tiny-whole",
        "N2 by two",
        lambda d: d.without_rows("capabilities", organisation="medics"),
        tiers(0, 150, 0),
    ),
    # Only food's share was above what the cheapest plan gives: the town costs 700 and not 780.
    Relaxation(
        "tiny-duplication",
        "C2",
        lambda d: d.blanked("activities", "min_share").without_policy("min_share"),
        tiers(0, 150, 1300 + 700 + 500),
    ),
    Relaxation(
        "tiny-duplication",
        "C3",
        lambda d: d.blanked("activities", "max_organisations").without_policy("max_organisations"),
        tiers(0, 0, 1900 + 780 + 450),
    ),
    Relaxation(
        "tiny-duplication", "N1", lambda d: d.without("coverage"), tiers(0, 300 + 50, 1300 + 910 + 500)
    ),
    Relaxation(
        "tiny-bases",
        "C4 mobilisation",
        lambda d: d.blanked("organisations", "mobilisation_cost"),
        tiers(0, 0, 490),
    ),
    # The hub then serves cedar too, for 10 + 20.
    Relaxation(
        "tiny-bases", "C4 set up", lambda d: d.blanked("organisations", "base_cost"), tiers(0, 0, 660)
    ),
    Relaxation(
        "tiny-bases",
        "C4 open",
        lambda d: d.blanked("organisations", "base_cost_per_period"),
        tiers(0, 0, 760),
    ),
    Relaxation(
        "tiny-bases", "C4 hub", lambda d: d.without_rows("capabilities", organisation="hub"), tiers(0, 0, 960)
    ),
    Relaxation(
        "tiny-mobilisation", "F1 dates", lambda d: d.blanked("funds", "from", "until"), tiers(0, 0, 650)
    ),
    Relaxation(
        "tiny-mobilisation",
        "C4 base",
        lambda d: d.blanked("organisations", "base_cost", "base_cost_per_period"),
        tiers(0, 0, 600),
    ),
    Relaxation(
        "tiny-agreements",
        "C6 refused",
        lambda d: d.without_rows("presence", status="refused"),
        tiers(60, 0, 330),
    ),
    Relaxation(
        "tiny-agreements",
        "C6 allowed",
        lambda d: d.without_rows("presence", status="allowed"),
        tiers(60, 50, 410),
    ),
    Relaxation(
        "tiny-agreements", "C6 lead", lambda d: d.without_rows("presence", status="lead"), tiers(60, 0, 430)
    ),
    Relaxation(
        "tiny-agreements",
        "C6 agreed",
        lambda d: d.without_rows("presence", status="agreed"),
        tiers(0, 0, 450),
    ),
    Relaxation("tiny-agreements", "C8", lambda d: d.blanked("organisations", "max_sites"), tiers(0, 0, 470)),
    Relaxation(
        "tiny-apart", "C7 exclusive", lambda d: d.without_rows("rules", rule="exclusive"), tiers(0, 10, 440)
    ),
    Relaxation(
        "tiny-apart",
        "C7 incompatible sites",
        lambda d: d.without_rows("rules", rule="incompatible_sites"),
        tiers(0, 60, 280),
    ),
    Relaxation("tiny-together", "C7 partner", lambda d: d.without("rules"), tiers(0, 0, 260)),
    Relaxation(
        "tiny-together",
        "C7 local partner",
        lambda d: d.blanked("organisations", "needs_local_partner"),
        tiers(0, 0, 230),
    ),
    # With nobody local, sons serve alone: 50 + 400.
    Relaxation(
        "tiny-together", "C7 who is local", lambda d: d.blanked("organisations", "kind"), tiers(0, 0, 580)
    ),
    Relaxation("tiny-staff", "C8 sites", lambda d: d.blanked("organisations", "max_sites"), tiers(0, 0, 660)),
    Relaxation("tiny-staff", "C8 staff", lambda d: d.without("staff"), tiers(0, 0, 860)),
    Relaxation(
        "tiny-staff", "C8 total", lambda d: d.blanked("capabilities", "max_people_total"), tiers(0, 0, 900)
    ),
    Relaxation("tiny-continuity", "C5", lambda d: d.blanked("activities", "continuous"), tiers(0, 0, 660)),
    Relaxation("tiny-continuity", "C6", lambda d: d.without("presence"), tiers(0, 0, 540)),
    Relaxation("tiny-handover", "C9 handover", lambda d: d.without("handover"), tiers(0, 0, 1040)),
    Relaxation("tiny-handover", "N3", lambda d: d.blanked("needs", "min_coverage"), tiers(0, 20, 940)),
    Relaxation(
        "tiny-handover",
        "C9 lag",
        lambda d: d.with_cells("capacity_building", "lag", "0"),
        tiers(7.5, 10, 830),
    ),
    # Period 2: 20 local of 20 / 0.6; period 3: 20 local of 90.
    Relaxation(
        "tiny-handover",
        "C9 growth",
        lambda d: d.without("capacity_building"),
        tiers(0.75 * 90 - 20, 100 - 20 / 0.6 + 10, 520 + 20 + 5 * (20 / 0.6 - 20) + 20 + 5 * 70),
    ),
    Relaxation("tiny-earmarks", "F1 all", lambda d: d.without("earmarks"), tiers(0, 0, 800)),
    Relaxation("tiny-earmarks", "F1 dates", lambda d: d.blanked("funds", "from", "until"), tiers(0, 80, 720)),
    Relaxation(
        "tiny-earmarks",
        "F1 sector",
        lambda d: d.without_rows("earmarks", fund="health trust"),
        tiers(0, 100, 700),
    ),
    Relaxation(
        "tiny-earmarks", "F1 site", lambda d: d.without_rows("earmarks", fund="twin city"), tiers(0, 130, 670)
    ),
    Relaxation(
        "tiny-earmarks",
        "F1 region",
        lambda d: d.blanked("earmarks", "region", fund="harvest"),
        tiers(0, 80, 720),
    ),
    Relaxation(
        "tiny-earmarks",
        "F1 activity",
        lambda d: d.blanked("earmarks", "activity", fund="harvest"),
        tiers(0, 50, 750),
    ),
    Relaxation(
        "tiny-earmarks",
        "F1 organisation",
        lambda d: d.without_rows("earmarks", fund="friends"),
        tiers(0, 90, 710),
    ),
    Relaxation("tiny-accounts", "F1 kinds", lambda d: d.without("earmarks"), tiers(0, 50, 350)),
    # Nobody pays the presence, so nobody comes.
    Relaxation("tiny-accounts", "F1 core", lambda d: d.without_rows("funds", fund="core"), tiers(0, 200, 0)),
    Relaxation(
        "tiny-accounts",
        "C4",
        lambda d: d.blanked("organisations", "mobilisation_cost", "base_cost", "base_cost_per_period"),
        tiers(0, 80, 150),
    ),
    Relaxation("tiny-posts", "T6 least", lambda d: d.blanked("activities", "min_persons"), tiers(0, 0, 550)),
    Relaxation("tiny-posts", "T6 most", lambda d: d.blanked("units", "people_protected"), tiers(0, 0, 440)),
    Relaxation(
        "tiny-posts", "T6 no radius", lambda d: d.blanked("activities", "radius_km"), tiers(0, 200, 440)
    ),
    Relaxation(
        "tiny-posts", "T6 radius", lambda d: d.with_cells("activities", "radius_km", "30"), tiers(0, 0, 440)
    ),
    Relaxation("tiny-posts", "T2", lambda d: d.with_cells("units", "available", "4"), tiers(0, 200, 440)),
    Relaxation(
        "tiny-security",
        "T5",
        lambda d: d.blanked("organisations", "accepts_armed_presence"),
        tiers(0, 0, 350),
    ),
    Relaxation(
        "tiny-security",
        "T4",
        lambda d: d.with_cells("organisations", "needs_security", "no"),
        tiers(0, 0, 280),
    ),
    Relaxation("tiny-security", "T4 units", lambda d: d.without("units"), tiers(0, 0, 280)),
    Relaxation(
        "tiny-security", "T4 site", lambda d: d.blanked("sites", "security_required"), tiers(0, 140, 190)
    ),
    Relaxation("tiny-security", "T5 armed", lambda d: d.blanked("units", "armed"), tiers(0, 100, 250)),
    Relaxation("tiny-guarded", "F1", lambda d: d.without("earmarks"), tiers(0, 120, 180)),
    Relaxation(
        "tiny-guarded",
        "T4",
        lambda d: d.with_cells("organisations", "needs_security", "no"),
        tiers(0, 80, 100),
    ),
    Relaxation(
        "tiny-guarded",
        "F2",
        lambda d: d.without_rows("funds", fund="peace").without("earmarks"),
        tiers(0, 200, 80),
    ),
    Relaxation("tiny-moves", "T1 limit", lambda d: d.without("movement"), tiers(0, 130, 55)),
    Relaxation("tiny-moves", "T1 today", lambda d: d.without("deployments"), tiers(0, 310, 40)),
    Relaxation("tiny-moves", "T2 dates", lambda d: d.blanked("units", "until"), tiers(0, 80, 60)),
    Relaxation(
        "tiny-moves",
        "T2 observers",
        lambda d: d.with_cells("units", "available", "3", unit="observers"),
        tiers(0, 80, 60),
    ),
    Relaxation(
        "tiny-moves",
        "T2 companies",
        lambda d: d.with_cells("units", "available", "2", unit="company"),
        tiers(0, 260, 45),
    ),
    Relaxation("tiny-camps", "T3 camp", lambda d: d.blanked("sites", "max_persons"), tiers(0, 230, 50)),
    Relaxation(
        "tiny-camps",
        "T3 region",
        lambda d: d.without_rows("unit_rules", unit="police unit"),
        tiers(100, 240, 50),
    ),
    Relaxation(
        "tiny-camps", "T3 theatre", lambda d: d.without_rows("unit_rules", unit="team"), tiers(100, 250, 50)
    ),
    Relaxation(
        "tiny-camps", "T3 least", lambda d: d.without_rows("unit_rules", unit="company"), tiers(0, 330, 40)
    ),
    Relaxation("tiny-medevac", "T7", lambda d: d.without_policy("medevac_minutes"), tiers(0, 0, 20)),
    Relaxation("tiny-medevac", "T1", lambda d: d.without("movement"), tiers(0, 0, 100)),
    Relaxation(
        "tiny-medevac",
        "T7 unit",
        lambda d: d.without_rows("units", unit="field hospital"),
        tiers(0, 300, 10),
    ),
    Relaxation("tiny-medevac", "T7 surgeons", _without_surgeons, tiers(0, 400, 0)),
    Relaxation("tiny-roads", "T6 and T7", lambda d: d.without("travel_times"), tiers(0, 100, 10)),
    Relaxation("tiny-roads", "T7", lambda d: d.blanked("travel_times", "minutes"), tiers(0, 200, 10)),
    Relaxation("tiny-roads", "T6", lambda d: d.blanked("travel_times", "distance_km"), tiers(0, 100, 10)),
    Relaxation(
        "tiny-roads",
        "T6 ferry",
        lambda d: d.without_rows("travel_times", destination="colo"),
        tiers(0, 350, 10),
    ),
    Relaxation(
        "tiny-impartiality", "Q1", lambda d: d.without_policy("impartiality_tolerance"), tiers(0, 190, 130)
    ),
    Relaxation("tiny-weighted", "N3", lambda d: d.blanked("needs", "min_coverage"), {"weighted": 410}),
    Relaxation(
        "tiny-weighted", "cost", lambda d: d.blanked("capabilities", "cost_per_presence"), {"weighted": 380}
    ),
    # 20 x 3 + 70 is more than the 120 of leaving them.
    Relaxation(
        "tiny-weighted",
        "need",
        lambda d: d.with_cells("capabilities", "cost_per_presence", "70", site="hard"),
        {"weighted": 440},
    ),
    Relaxation("tiny-weighted", "weights", lambda d: d.with_header(objective={}), tiers(0, 0, 510)),
    Relaxation("tiny-tolerance", "tolerance", lambda d: d.with_header(objective={}), tiers(0, 40, 700)),
    Relaxation(
        "tiny-tolerance",
        "more tolerance",
        lambda d: d.with_header(
            objective={"tiers": ["mandate", {"name": "need", "terms": {"need": 1}, "tolerance": 2.0}, "cost"]}
        ),
        tiers(0, 120, 80),
    ),
    Relaxation(
        "tiny-risk",
        "risk",
        lambda d: d.with_header(
            objective={"tiers": ["need", {"name": "exposure", "terms": {"risk": 0, "cost": 0.5}}]}
        ),
        {"need": 0, "exposure": 100},
    ),
    Relaxation(
        "tiny-risk", "T6", lambda d: d.blanked("activities", "radius_km"), {"need": 0, "exposure": 350}
    ),
    *RELAXATIONS_OF_SUPPLIES,
)
