"""Who prices blocks: this process, processes beside it, or the workers of a Dask cluster."""

from __future__ import annotations

import os

from pklogistics.solve.crew.team import Alone, Crew, Team
from pklogistics.solve.options import Options

__all__ = ["Alone", "Crew", "crew_of"]


def crew_of(options: Options) -> Crew:
    """Return the crew that the options ask for; processes are begun when there is something to price.

    Raises
    ------
    OptionsError
        If there is no cluster where they say.
    """
    if options.scheduler is not None:
        from pklogistics.solve.crew.cluster import Cluster

        return Team(Cluster(options.scheduler))
    count = options.workers or options.threads or os.cpu_count() or 1
    if count == 1:
        return Alone()
    from pklogistics.solve.crew.processes import Processes

    return Team(Processes(count))
