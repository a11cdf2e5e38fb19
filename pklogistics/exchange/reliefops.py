"""``reliefops``: when to buy how much relief rice, with perfect foresight of a year.

The format is that of https://github.com/stephanong/relief-ops, ``procurement``: a scenario file (CSV: number
of scenarios, number of months, first month, labels, then for each scenario a row for each label) and
``simconfig.json``. The file may be given, or a folder that holds one such file in it or in its folder
``data``; the configuration is looked for beside the file and in the folder ``output`` beside its folder, if
the setting ``config`` does not name it. Source: Dang, Currie, Onggo, Chaerani, Achmad, EJOR 311 (2023)
754-768. Instances are the years of ``realhist5.csv``, 2016 to 2020 by its README, and else the numbers of
the scenarios, from 1.

Mapping
-------
- *Organisation*: BULOG, the state's logistics agency, which buys the rice, runs the warehouse and hands it
  out, without limit and at no cost but the price.
- *Depot*: its warehouse, which stands at the only *site*, West Java, and so supplies it without a route.
- *Activity*: the ration, ``refugee_to_demand`` kilograms for each refugee and month by its recipe. Upstream
  rounds the demand of a month up to whole kilograms; people are that demand over the recipe, and therefore
  not whole.
- *Commodity*: rice in kilograms, which may be given out in as many months as ``storage_limit_age`` says,
  that of purchase included. What is left at the end of the last of them is waste (S1).
- *Stock*: the safety stock is there at the start and is a month old, so it expires at the end of month
  ``storage_limit_age`` - 1.
- *Supplies*: any amount (no more than the row ``avail``, where there is one) at the month's price, but not
  below ``min_govt_buy_price``; it is there in the same month.
- *Stock target*: at the end of the last month the safety stock must be there again, of rice no older than
  ``safety_stock_limit_age``, that is with ``storage_limit_age`` - ``safety_stock_limit_age`` months of life
  left. Output files write what is missing as the shortage of a month more.
- *Fund*: the budget, for anything. What it does not pay in cost is the budget left.

The tiers are upstream's three objectives: shortage (people without their ration, and missing safety stock in
rations: terms *need* and *mandate* together), waste (tonnes), cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from pklogistics.errors import OptionsError
from pklogistics.exchange.errors import refusal
from pklogistics.exchange.reliefops_files import Config, Scenarios, read_config, read_scenarios
from pklogistics.exchange.source import Draft, Format, Setting, Source

FIRST_YEARS = {"realhist5.csv": 2016}
"""The years of files whose scenarios are years; the format itself does not tell them."""

AGENCY, DEPOT, SITE = "BULOG", "BULOG warehouse", "West Java"
RATION, RICE, MARKET, BUDGET = "rice ration", "rice", "market", "rice budget"
MONTH_DAYS = 365.25 / 12
_RICE_THERE = {"depot": DEPOT, "commodity": RICE}


def _open(path: Path, settings: Mapping[str, str]) -> Source:
    file = _scenario_file(path) if path.is_dir() else path
    scenarios = read_scenarios(file)
    config = read_config(_config_file(file, settings["config"]))
    first = FIRST_YEARS.get(file.name, 1)
    names = tuple(str(first + at) for at in range(len(scenarios.rows)))
    return Source(names, partial(_draft, scenarios, config, names))


def _scenario_file(folder: Path) -> Path:
    found = sorted([*folder.glob("*.csv"), *folder.glob("data/*.csv")])
    if len(found) != 1:
        names = ", ".join(str(file.relative_to(folder)) for file in found) or "no .csv file"
        raise refusal(str(folder), f"holds {names}; expected one scenario file: name the file itself")
    return found[0]


def _config_file(file: Path, given: str) -> Path:
    if given:
        if not Path(given).is_file():
            raise OptionsError(f"config is '{given}': there is no such file")
        return Path(given)
    beside = file.absolute().parent
    for folder in (beside, beside / "output", beside.parent / "output", beside.parent):
        if (folder / "simconfig.json").is_file():
            return folder / "simconfig.json"
    raise OptionsError(f"there is no simconfig.json near {file}: name it with the setting config")


def _draft(scenarios: Scenarios, config: Config, names: tuple[str, ...], instance: str) -> Draft:
    rows = scenarios.rows[names.index(instance)]
    months = [scenarios.month(config.skip + at) for at in range(config.length)]
    kilograms = [ceil(rows["refugee"][at] * config.refugee_to_demand) for at in months]
    life = config.storage_limit_age
    last = {"period": config.length, "min_quantity": config.safety_stock}
    rice = {"commodity": RICE, "unit": "kg", "weight_t": 0.001, "shelf_life": life}
    tables: dict[str, list[dict[str, Any]]] = {
        "sites": [{"site": SITE}],
        "activities": [{"activity": RATION, "sector": "food security"}],
        "needs": [
            {"site": SITE, "activity": RATION, "period": at, "people": demand / config.refugee_to_demand}
            for at, demand in enumerate(kilograms, start=1)
        ],
        "organisations": [{"organisation": AGENCY, "name": "Perum BULOG", "kind": "national government"}],
        "capabilities": [{"organisation": AGENCY, "activity": RATION, "modality": "in_kind"}],
        "funds": [{"fund": BUDGET, "amount": config.budget}],
        "commodities": [rice],
        "recipes": [{"activity": RATION, "commodity": RICE, "per_person": config.refugee_to_demand}],
        "depots": [{"depot": DEPOT, "site": SITE, "organisation": AGENCY}],
        "stock": [{**_RICE_THERE, "quantity": config.safety_stock, "expires": str(life - 1)}],
        "supplies": [_supply(rows, config, at, period) for period, at in enumerate(months, start=1)],
        "stock_targets": [{**_RICE_THERE, **last, "min_life": life - config.safety_stock_limit_age}],
    }
    if life == 1:  # What was bought the month before has expired.
        del tables["stock"]
    return Draft(_header(instance, scenarios, config), tables)


def _supply(rows: Mapping[str, tuple[float, ...]], config: Config, at: int, period: int) -> dict[str, Any]:
    price = max(rows["price"][at], config.min_govt_buy_price)
    limit = {"max_quantity": rows["avail"][at]} if "avail" in rows else {}
    return {**_RICE_THERE, "period": period, "supplier": MARKET, "price": price, **limit}


def _header(instance: str, scenarios: Scenarios, config: Config) -> dict[str, Any]:
    return {
        "name": f"reliefops-{instance}",
        "description": (
            f"Relief rice for displaced people in West Java, scenario {instance} of {scenarios.file}, whose "
            f"first month is {scenarios.start}: when to buy, so that shortage, then waste, then cost is "
            "least."
        ),
        "sources": [
            "https://github.com/stephanong/relief-ops; Dang, Currie, Onggo, Chaerani, Achmad, EJOR 311 "
            "(2023) 754-768"
        ],
        "currency": "IDR",
        "periods": config.length,
        "period_days": MONTH_DAYS,
        "objective": {
            "tiers": [{"name": "shortage", "terms": {"mandate": 1, "need": 1}}, "waste", "cost"],
        },
    }


FORMAT = Format(
    open=_open, settings={"config": Setting("", "path of simconfig.json; blank: looked for near the file")}
)
