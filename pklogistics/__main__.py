"""Run the command line as ``python -m pklogistics``."""

from __future__ import annotations

from pklogistics.cli import main

if __name__ == "__main__":
    main()
