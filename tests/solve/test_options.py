"""Options are checked on construction, and errors tell the next step."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pklogistics.errors import OptionsError
from pklogistics.solve import Options


@pytest.mark.parametrize(
    ("bad", "next_step"),
    [
        ({"solver": "gurobi"}, "choose one of highs, scip, cp_sat, glop, pdlp"),
        ({"strategy": "magic"}, "choose one of auto, exact, decomposition"),
        ({"time_limit": 0}, "positive number of seconds, or None"),
        ({"time_limit": -1.0}, "positive number of seconds, or None"),
        ({"time_limit": math.inf}, "positive number of seconds, or None"),
        ({"time_limit": math.nan}, "positive number of seconds, or None"),
        ({"time_limit": "60"}, "positive number of seconds, or None"),
        ({"time_limit": True}, "positive number of seconds, or None"),
        ({"gap": -0.1}, "such as 0.001 for 0.1%"),
        ({"gap": 1.0}, "such as 0.001 for 0.1%"),
        ({"gap": None}, "such as 0.001 for 0.1%"),
        ({"threads": 0}, "whole number from 1"),
        ({"threads": 1.5}, "whole number from 1"),
        ({"workers": 0}, "whole number from 1"),
        ({"workers": 2.0}, "None for one a core"),
        ({"scheduler": ""}, "such as tcp://host:8786"),
        ({"scheduler": 8786}, "such as tcp://host:8786"),
        ({"seed": -1}, "whole number from 0"),
        ({"seed": 2**31}, "whole number from 0"),
        ({"progress": "yes"}, "give a function, or None"),
        ({"should_stop": 5}, "give a function, or None"),
    ],
)
def test_bad_options_name_themselves_and_the_next_step(bad: dict[str, Any], next_step: str) -> None:
    ((name, value),) = bad.items()
    with pytest.raises(OptionsError) as caught:
        Options(**bad)
    assert str(caught.value).startswith(f"{name} is {value!r}")
    assert next_step in str(caught.value)


def test_a_cluster_has_workers_of_its_own() -> None:
    with pytest.raises(OptionsError, match="workers and scheduler are both given"):
        Options(workers=2, scheduler="tcp://host:8786")


def test_good_options() -> None:
    options = Options(solver="scip", time_limit=0.5, gap=0, threads=2, seed=2**31 - 1)
    assert (options.solver, options.strategy, options.progress) == ("scip", "auto", None)
    assert Options().gap == 1e-3
