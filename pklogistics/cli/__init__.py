"""The command line: ``pklogistics`` and a verb; `app` lists them.

Exit codes: 0 done, 1 the answer is no (invalid mission, broken rule, nothing written), 2 wrong use,
3 stopped by a limit with nothing found, 130 interrupted. Answers go to standard output and everything
else to standard error; with ``--json`` standard output is exactly one JSON object, also for an error.
"""

from __future__ import annotations

from pklogistics.cli.app import app, main

__all__ = ["app", "main"]
