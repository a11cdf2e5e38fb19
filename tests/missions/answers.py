"""The tiers that each tiny mission must reach, and what its plan must say where the plan is unique.

The whole argument stands in the description of each mission; here is its key step. The missions of family
supplies have a module of their own.
"""

from __future__ import annotations

from tests.missions.answer import Answer, fact, left, served, stationed, tiers
from tests.missions.answers_supplies import ANSWERS_OF_SUPPLIES

ANSWERS: dict[str, Answer] = {
    # Camp: 2500 + 1000 of 4000 are carried, 7000 + 3500 USD. Town: charity 3500 beats agency 4000.
    "tiny-first": Answer(
        tiers(0, 500, 7000 + 3500 + 3500),
        (
            served(2500, organisation="agency", site="camp"),
            served(1000, organisation="charity", site="camp"),
            served(1000, organisation="charity", site="town"),
            served(0, organisation="agency", site="town"),
            fact("shortfalls", "unmet", 500, site="camp"),
        ),
    ),
    # Net needs 600, 800, 0. The floor takes 400 at the mill; 500 go to the dock, 5 a person against 3.
    "tiny-coverage": Answer(
        tiers(0, 100 * 5 + 400 * 2 * 1.5, 900),
        (
            served(500, site="dock"),
            served(400, site="mill"),
            served(0, site="quay"),
            fact("coverage", "covered_by_others", 600, site="quay"),
        ),
    ),
    # Whole sites within 95 USD: {50, 40} beats {60}; 60 + 40 is too much.
    "tiny-whole": Answer(tiers(0, 60, 90), (served(50, site="middle"), served(40, site="small"))),
    # Camp red 500 + blue 400 of 1000; town red 420 + blue 180 (0.3 of 600); water blue 250 of 300.
    "tiny-duplication": Answer(
        tiers(0, 100 + 50, 1300 + 780 + 500),
        (
            served(420, organisation="red", site="town"),
            served(180, organisation="blue", site="town", activity="food"),
            served(250, organisation="blue", site="town", activity="water"),
            served(0, organisation="green"),
        ),
    ),
    # Coming 300 is worth 330 at ash and 140 at birch, but a base at cedar (80) is not worth 60.
    "tiny-bases": Answer(
        tiers(0, 0, 300 + 270 + 160 + 60),
        (
            fact("bases", None, 2, organisation="hub", site="ash"),
            fact("bases", "set_up", 1, organisation="hub", site="ash"),
            fact("mobilisation", None, 1, organisation="hub", period=1),
            served(20, organisation="neighbours"),
        ),
    ),
    # Early money mobilises in period 1 (500 of 520); 130 late pay 50 for the base and 80 people.
    "tiny-mobilisation": Answer(
        tiers(0, 20, 500 + 50 + 80),
        (
            fact("mobilisation", None, 1, organisation="builders", period=1),
            left("early", 20),
            left("late", 0),
        ),
    ),
    # Old keeps the agreement of 100, not that of 60. North food 230, old 10, health 50, south 60, lake 110.
    "tiny-agreements": Answer(
        tiers(60, 0, 230 + 10 + 50 + 60 + 110),
        (
            fact("broken", "amount", 60, rule="C6", organisation="old", site="south"),
            fact("presence", None, 1, organisation="old", site="north"),
            served(50, organisation="relief", site="north"),
            served(100, organisation="rural", site="north"),
            served(80, organisation="relief", site="lake"),
            fact("presence", None, 1, organisation="rural", site="lake"),
        ),
    ),
    # Sun in the valley: hill 60 of 120 for 120, valley 60 + 10 for 80; water 60 + 40 for 140.
    "tiny-apart": Answer(
        tiers(0, 60, 120 + 60 + 20 + 140),
        (
            served(60, organisation="sun", site="valley", activity="food"),
            served(60, organisation="moon", site="hill", activity="food"),
            served(60, organisation="sun", site="hill", activity="water"),
        ),
    ),
    # Market: ward 100, scouts only present 20, truckers' water 10. Bridge: global 100, sons only present 50.
    "tiny-together": Answer(
        tiers(0, 0, 130 + 150),
        (
            served(100, organisation="ward"),
            fact("presence", None, 1, organisation="scouts"),
            served(10, organisation="truckers", activity="water"),
            served(100, organisation="global"),
            fact("presence", None, 1, organisation="sons"),
        ),
    ),
    # Period 1: 120 + 110 by wide, few 3 / 0.05 = 60, little 30, 10 unmet. Period 2: few has no limit.
    "tiny-staff": Answer(
        tiers(0, 10, 440 + 430),
        (
            served(460, organisation="wide"),
            served(60, organisation="few", period=1),
            served(30, organisation="little", period=1),
            served(100, organisation="few", period=2),
        ),
    ),
    # Fort: clinicians 150 + 60 and out when refused, paramedics 300. Ford: 150, a gap in need, paramedics 30.
    "tiny-continuity": Answer(
        tiers(0, 0, 150 + 60 + 300 + 150 + 30),
        (
            served(10, organisation="clinicians", site="fort", period=2),
            served(100, organisation="paramedics", site="fort", period=3),
            served(10, organisation="paramedics", site="ford", period=3),
        ),
    ),
    # Period 3: 90 are served by mandate, 60 of them by local police: 0.75 x 90 - 60 = 7.5 is broken.
    "tiny-handover": Answer(
        tiers(7.5, 10, 420 + 100 + 260 + 210),
        (
            served(20, organisation="city police", period=1),
            served(60, organisation="city police", period=2),
            served(60, organisation="city police", period=3),
            served(30, organisation="mission police", period=3),
            fact("broken", "amount", 7.5, rule="C9", period=3),
        ),
    ),
    # 200 by the trust, 200 by harvest, 200 at northport in period 1, 30 by friends in period 2, 20 by core.
    "tiny-earmarks": Answer(
        tiers(0, 150, 650),
        (
            left("health trust", 50),
            left("harvest", 100),
            left("core", 0),
            served(200, activity="clinic", period=2),
        ),
    ),
    # Setup pays 170 of its 200, core 30 for presence, running 90 and core 30 pay people.
    "tiny-accounts": Answer(
        tiers(0, 80, 170 + 30 + 120),
        (
            left("setup", 30),
            fact("payments", "amount", 170, fund="setup"),
            fact("payments", "amount", 30, fund="core", kind_of_cost="presence"),
            fact("payments", "amount", 30, fund="core", kind_of_cost="service"),
            fact("payments", "amount", 90, fund="running"),
            fact("accounts", None, 3),
        ),
    ),
    # Three platoons protect 750 of alpha's and bravo's 800, two all of charlie's 200.
    "tiny-posts": Answer(
        tiers(0, 50, 5 * 110), (stationed(2, site="charlie"), served(200, site="charlie", post="charlie"))
    ),
    # The company in town drives the doctors from 60 patients; the observers at the camp drive nobody away.
    "tiny-security": Answer(
        tiers(0, 60, 220 + 50 + 20),
        (
            stationed(1, unit="company", site="town"),
            stationed(1, unit="observers", site="camp"),
            served(0, organisation="doctors", site="town"),
            served(40, organisation="doctors", site="camp"),
        ),
    ),
    # The company takes 60 of peace and 40 of core; 60 of delta's 100 are served: 40 x 2 + 80.
    "tiny-guarded": Answer(tiers(0, 160, 160), (left("peace", 20), served(60, site="delta"))),
    # South waits a period for transport (80); then the companies leave and observers hold the west (130).
    "tiny-moves": Answer(
        tiers(0, 80 + 130, 20 + 25 + 5),
        (
            fact("moves", "arriving", 1, unit="company", site="west", period=1),
            fact("moves", "arriving", 1, unit="company", site="south", period=2),
            fact("moves", "arriving", 0, unit="company", site="east"),
            stationed(0, unit="company", period=3),
            stationed(1, unit="observers", site="west", period=3),
        ),
    ),
    # Two of three companies fit the camp, one police unit and one team may come.
    "tiny-camps": Answer(
        tiers(100, 100 + 110 + 120, 40),
        (
            stationed(2, unit="company", site="fort"),
            stationed(1, unit="police unit"),
            stationed(1, unit="team"),
            fact("broken", "amount", 100, rule="T3", unit="company"),
        ),
    ),
    # A team and the field hospital at outpost are the 60 persons that can be moved; town's 100 wait.
    "tiny-medevac": Answer(
        tiers(0, 100, 10 + 80),
        (stationed(1, unit="field hospital", site="outpost"), stationed(1, unit="observers", site="outpost")),
    ),
    # By road beni is out of reach, by ferry colo is in it: one team serves aba and colo.
    "tiny-roads": Answer(tiers(0, 250, 10), (served(100, site="aba"), served(100, site="colo"))),
    # Food: 70 on the hill, 60 on the plain, shares 0.70 and 0.55. Water: (0.8 - 0 - 0.15) x 50 = 32.5.
    "tiny-impartiality": Answer(
        tiers(32.5, 30 * 2 + 90 + 70, 130),
        (
            served(70, site="hill"),
            served(60, site="plain"),
            fact("broken", "amount", 32.5, rule="Q1", sector="water"),
        ),
    ),
    # Near 100 x 1, far 80 x 2 + 20 x 3 (its floor), hard 20 x 3 + 50 against 20 x 3 x 2.
    "tiny-weighted": Answer(
        {"weighted": 100 + 220 + 110},
        (served(100, site="near"), served(20, site="far"), served(20, site="hard")),
    ),
    # The least need is 40, a quarter more is 50: the flyers serve 50 and not 60.
    "tiny-tolerance": Answer(
        tiers(0, 50, 100 + 50 * 10), (served(50, organisation="flyers"),), given_up={"need": 40}
    ),
    # Company at bois 1 x 100 + 100 / 2 = 150; observers at clos 3 x 10 + 300 / 2 = 180.
    "tiny-risk": Answer(
        {"need": 0, "exposure": 150 + 180},
        (stationed(1, unit="company", site="bois"), stationed(1, unit="observers", site="clos")),
    ),
    **ANSWERS_OF_SUPPLIES,
}
