"""Names as people write them, in every table of supplies: kept by each container, solved and checked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import pklogistics
from pklogistics.instance.supplies import FAMILY
from tests.missions.draft import Draft
from tests.missions.random_goods import draft_of_goods

NAMES = {
    "abri": "Saint-Marc, l'Artibonite",
    "bois": 'camp "Côte d’Or"',
    "port": "port: Pointe-à-Pitre",
    "hub": "hub, nº 2 (étage)",
    "rice": 'riz "long", 5 %',
    "oil": "huile d'olive, 4 l",
    "kcal": "énergie, kcal",
    "food": "aide alimentaire, générale",
    "agency": "Agence d'État",
    "charity": 'Secours "Été", ONG',
    "truck": "camion, 6×6",
    "pickup": "pick-up d'appoint",
    "road": "route, piste",
    "core": 'fonds "commun"',
    "company": "compagnie, génie",
}


def renamed(draft: Draft) -> Draft:
    return Draft(draft.header, {name: frame.replace(NAMES) for name, frame in draft.tables.items()})


def everything() -> tuple[Draft, Draft]:
    """A mission with a row in every table of supplies, under plain and under other names."""
    plain = next(
        draft
        for draft in map(draft_of_goods, range(200))
        if {"fleets", "stock_targets", "requirements"} <= set(draft.tables)
        and "road" in set(draft.tables["routes"]["mode"])
    )
    times = [{"origin": "port", "destination": "abri", "minutes": "60"}]
    suppliers = plain.tables["supplies"].assign(supplier="Moulin d'Haïti, S.A.")
    fleets = plain.tables["fleets"].assign(mode="road")
    more = {"travel_times": pd.DataFrame(times), "supplies": suppliers, "fleets": fleets}
    plain = Draft(plain.header, {**plain.tables, **more})
    return plain, renamed(plain)


def test_names_survive_every_container_a_solve_and_a_check(tmp_path: Path) -> None:
    plain, other = everything()
    mission = other.mission()
    assert all(len(mission.frame(name)) for name in FAMILY)
    one = mission
    for name in ("folder", "book.xlsx", "file.json", "again"):
        pklogistics.write(one, tmp_path / name)
        one = pklogistics.read(tmp_path / name)
        assert one == mission, name
    plans = [pklogistics.solve(each, gap=0.0, time_limit=60) for each in (plain.mission(), one)]
    assert [t.value for t in plans[1].tiers] == [t.value for t in plans[0].tiers]
    assert plans[1].violations == ()
    said = set(plans[1].tables["shipments"]["origin"])
    assert said
    assert said <= {NAMES["port"], NAMES["hub"]}
    assert pklogistics.check(one, plans[1]).ok
