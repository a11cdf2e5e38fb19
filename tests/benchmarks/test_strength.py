"""The textbook models are right, and compiled programs are no weaker than they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.classes import CLASSES
from benchmarks.strength import SAMPLE, compiled, solved
from benchmarks.textbooks import TEXTBOOKS
from pklogistics.exchange import import_mission
from tests.exchange.samples import needs_reference, reference

QUICK = {
    "orlib-cap": "cap71",
    "pmed": "pmed1",
    "mcnd": "R/r01.1",
    "sscflp": "p1",
    "gap": "cattrysse1994/gap1-0",
    "mknap": "mknap1-3",
    "pabulib": "Netherlands_Amsterdam_179.pb",
}


def test_every_class_with_a_textbook_has_a_sample() -> None:
    assert set(SAMPLE) == set(TEXTBOOKS)
    assert set(QUICK) < set(TEXTBOOKS)


@needs_reference
@pytest.mark.parametrize("name", QUICK)
def test_a_compiled_program_is_as_strong_as_the_textbook(name: str) -> None:
    kind = next(kind for kind in CLASSES if kind.format == name)
    one = next(one for one in kind.published(reference()) if one.name == QUICK[name])
    book = TEXTBOOKS[name](reference(one.file), one.instance)
    ours = compiled(import_mission(name, reference(one.file), one.instance), kind)
    relaxed = [
        solved(replace(piece, integer=np.zeros(piece.columns, dtype=np.bool_)), 30) for piece in (book, ours)
    ]
    assert relaxed[1].bound >= relaxed[0].bound - 1e-6 * abs(relaxed[0].bound)
    # The model of the book gives what is published, so it is a model of the class; profits are below zero.
    sign = -1.0 if one.greatest else 1.0
    assert sign * solved(book, 30).value == pytest.approx(one.value, rel=1e-6)
