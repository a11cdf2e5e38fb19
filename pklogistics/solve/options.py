"""How a program is solved: by which solver, for how long, how exactly, and who is told meanwhile."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from pklogistics.errors import OptionsError

SolverName = Literal["highs", "scip", "cp_sat", "glop", "pdlp"]
Strategy = Literal["auto", "exact", "decomposition"]


@dataclass(frozen=True)
class Progress:
    """Where a solve stands.

    Attributes
    ----------
    phase : name of the tier that is being solved
    incumbent : value of the best solution known for this tier, infinite while there is none
    bound : proven lower bound on the tier's value, minus infinity while there is none
    gap : ``(incumbent - bound) / |incumbent|``, infinite while either is missing
    seconds : since the solve began, all tiers together
    """

    phase: str
    incumbent: float
    bound: float
    gap: float
    seconds: float


@dataclass(frozen=True)
class Options:
    """How to solve; checked on construction.

    Attributes
    ----------
    solver : ``highs`` (default), ``scip`` or ``cp_sat`` for any program; ``glop`` or ``pdlp`` for
        programs without integer columns
    strategy : ``exact`` hands the whole program to the solver; ``decomposition`` prices what sites share and
        solves site by site, for hundreds of sites, or dozens over many periods; ``auto`` chooses
    time_limit : seconds for the whole solve, all tiers together; None for no limit
    gap : relative gap between value and bound at which a tier counts as solved
    threads : threads that a solver may use; None leaves it to the solver, 1 also does without the second
        solver that looks for better plans beside the first
    workers : processes that price sites where a mission is solved site by site; None for as many as threads,
        or as the machine has cores, 1 for none beside this one. They begin once there is enough to do
    scheduler : address of a Dask scheduler, such as ``tcp://host:8786``, whose workers price them instead
    seed : random seed handed to the solver, a whole number from 0 to 2**31 - 1
    progress : called now and then with a `Progress`, from the thread that called solve
    should_stop : asked several times a second; once it returns True the best solution is returned

    Raises
    ------
    OptionsError
        If a value is not one of these.
    """

    solver: SolverName = "highs"
    strategy: Strategy = "auto"
    time_limit: float | None = 300.0
    gap: float = 1e-3
    threads: int | None = None
    workers: int | None = None
    scheduler: str | None = None
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    should_stop: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        _one_of("solver", self.solver, get_args(SolverName))
        _one_of("strategy", self.strategy, get_args(Strategy))
        if self.time_limit is not None:
            expected = "a positive number of seconds, or None for no limit"
            _number("time_limit", self.time_limit, math.nextafter(0, 1), sys.float_info.max, expected)
        _number("gap", self.gap, 0.0, math.nextafter(1, 0), "a relative gap such as 0.001 for 0.1%")
        if self.threads is not None:
            _whole("threads", self.threads, 1, 1024, "or None to leave it to the solver")
        if self.workers is not None:
            _whole("workers", self.workers, 1, 1024, "or None for one a core")
        if self.scheduler is not None:
            if not isinstance(self.scheduler, str) or not self.scheduler:
                raise OptionsError(
                    f"scheduler is {self.scheduler!r}: give an address such as tcp://host:8786"
                )
            if self.workers is not None:
                raise OptionsError("workers and scheduler are both given: a scheduler has workers of its own")
        _whole("seed", self.seed, 0, 2**31 - 1, "such as 0")
        for name in ("progress", "should_stop"):
            value = getattr(self, name)
            if value is not None and not callable(value):
                raise OptionsError(f"{name} is {value!r}: give a function, or None")


def _one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise OptionsError(f"{name} is {value!r}: choose one of {', '.join(known)}")


def _number(name: str, value: object, low: float, high: float, expected: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise OptionsError(f"{name} is {value!r}: give {expected}")


def _whole(name: str, value: object, low: int, high: int, hint: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise OptionsError(f"{name} is {value!r}: give a whole number from {low} to {high}, {hint}")
