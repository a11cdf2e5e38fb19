"""The core in PyOptInterface: every row goes straight into HiGHS's own memory, so nothing is handed over."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import highsbox
import pyoptinterface as poi
from pyoptinterface import highs

from benchmarks.peers.core import Core
from benchmarks.peers.loops import state


class PyOptInterface:
    """The dialect."""

    def __init__(self) -> None:
        self.model = highs.Model()

    def variable(self, name: str, upper: float, whole: bool = False) -> Any:
        domain = poi.VariableDomain.Integer if whole else poi.VariableDomain.Continuous
        return self.model.add_variable(lb=0.0, ub=upper, domain=domain, name=name)

    def total(self, variables: list[Any]) -> Any:
        return poi.quicksum(variables)

    def weighted(self, factors: list[float], variables: list[Any]) -> Any:
        return poi.ExprBuilder(poi.ScalarAffineFunction(factors, [x.index for x in variables]))

    def at_most(self, expression: Any, limit: float) -> None:
        self.model.add_linear_constraint(expression, poi.Leq, limit)

    def at_least(self, expression: Any, limit: float) -> None:
        self.model.add_linear_constraint(expression, poi.Geq, limit)

    def exactly(self, expression: Any, value: float) -> None:
        self.model.add_linear_constraint(expression, poi.Eq, value)

    def minimise(self, expressions: list[Any]) -> None:
        self.model.set_objective(poi.quicksum(expressions), poi.ObjectiveSense.Minimize)


def build(core: Core) -> highs.Model:
    """Return the core as a model."""
    dialect = PyOptInterface()
    state(core, dialect)
    return dialect.model


def hand_over(model: highs.Model) -> highs.Model:
    """Return the model: HiGHS holds it already."""
    return model


def shape(handed: highs.Model) -> tuple[int, int, int]:
    """Return rows, columns and nonzeros."""
    # PyOptInterface has no call that counts entries; HiGHS has one, in the library that is loaded already.
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    library = next(Path(highsbox.highs_dist_dir()).glob("*/*highs.[sd]*"))
    count = ctypes.CDLL(str(library)).Highs_getNumNz
    count.argtypes = (ctypes.c_void_p,)
    entries = count(pointer(handed.get_raw_model(), b"nb_handle"))
    return handed.getnumrow(), handed.getnumcol(), entries


def solve(model: highs.Model, handed: highs.Model, seconds: float) -> float:
    """Return the optimum; HiGHS is called in place."""
    model.set_model_attribute(poi.ModelAttribute.Silent, True)
    model.set_model_attribute(poi.ModelAttribute.RelativeGap, 0.0)
    model.set_model_attribute(poi.ModelAttribute.TimeLimitSec, seconds)
    model.optimize()
    status = model.get_model_attribute(poi.ModelAttribute.TerminationStatus)
    if status != poi.TerminationStatusCode.OPTIMAL:
        raise RuntimeError(f"not solved: {status}")
    return float(model.get_model_attribute(poi.ModelAttribute.ObjectiveValue))
