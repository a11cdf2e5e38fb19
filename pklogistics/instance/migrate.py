"""Formats older than the present one, brought up to date step by step.

A step takes a document of format *n* to format *n* + 1. There is no format before 1, so `STEPS` is empty;
the release that brings format 2 adds its step as ``STEPS[1]`` and never changes it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pklogistics.instance.grid import Document
from pklogistics.instance.schema import FORMAT

Step = Callable[[Document], Document]

STEPS: Mapping[int, Step] = {}
"""The step that takes each older format to the next."""


def migrated(document: Document, steps: Mapping[int, Step] = STEPS, newest: int = FORMAT) -> Document:
    """Return the document in the newest format; a format that cannot be read is a problem.

    Parameters
    ----------
    steps, newest
        The registry and the format it leads to; other ones are for tests.
    """
    if document.header is None:
        return document
    given = document.header.get("format")
    number = _number(given)
    if given is None:
        _refuse(document, f"format is missing; add format = {newest}", None)
    elif number is None or number < 1:
        _refuse(document, f"format is '{given}'; expected {newest}", str(given))
    elif number > newest:
        message = f"format {number} is newer than this release reads ({newest}); install a newer pklogistics"
        _refuse(document, message, str(given))
    else:
        return _stepped(document, number, steps, newest)
    return replace(document, header={**document.header, "format": newest})


def _stepped(document: Document, number: int, steps: Mapping[int, Step], newest: int) -> Document:
    for older in range(number, newest):
        if older not in steps:
            _refuse(
                document,
                f"format {number} is no longer read; convert the mission with an older release",
                str(number),
            )
            break
        document = steps[older](document)
    assert document.header is not None
    return replace(document, header={**document.header, "format": newest})


def _number(given: object) -> int | None:
    text = str(given).strip()
    return int(text) if text.isdecimal() and not isinstance(given, bool) else None


def _refuse(document: Document, message: str, value: str | None) -> None:
    document.findings.error(document.naming.header_place, message, None, "format", value)
