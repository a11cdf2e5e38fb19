"""Who prices blocks: this process, processes beside it, or the workers of a Dask cluster.

`bundle` is what is priced at a time and how, `desk` what a worker keeps of it, `team` who does what and what
happens if a worker is lost, and `processes` and `cluster` are where workers come from.

What travels
    A bundle's arrays go to its worker once (4.5 kB a site in a generated mission of 2,000 sites, with 44
    columns and 171 nonzeros a site), and after that only those that another tier or branch has changed:
    mostly bounds of columns. A pass sends what each column costs at the prices (370 bytes a site) and brings
    back each block's bounds and the columns that its point uses (100 bytes a site: a point uses 6 of 44).
    At 2,000 sites that is 9 MB once, and 0.7 MB out and 0.2 MB back in a pass.

What it gains
    A pass over these sites takes 0.53 s in fractions and 2.4 s in whole numbers in one process, 0.36 s and
    1.3 s in two, on two cores. Threads in one process gained nothing: handing a block over holds Python's
    lock for as long as solving it takes. A worker begins in a second or so (0.9 s of processor time, to load
    libraries), while the first prices are looked for, and takes 150 MB at that size. A message costs about
    5 ms here and 18 ms on a cluster if it holds 16 bundles of 64 blocks, which take 1.2 s to price: some
    sixty workers are kept busy by one scheduler.

Ten million sites, on paper
    A pass in whole numbers is 12,000 s of processor time: a minute with 200 cores. It would send 3.7 GB of
    costs and bring back 1 GB: 4 s at 10 Gbit/s. Laying the bundles is 45 GB through the scheduler, once:
    40 s. What ends first is the process that asks. It holds the program about three times over (as compiled,
    as split and in bundles, 150 GB), spends 1 ms on every bundle that goes through a scheduler (156,000 of
    them: larger ones are wanted), fills a pool with a gigabyte of points a pass, and solves the master over
    them alone. So the next steps, in this order: workers read and compile the sites of their region
    themselves, and the rows that these share are laid with the bundle, so that prices go out (some hundreds
    of numbers, however many sites there are, and a few of each site's own) instead of costs; points stay
    where they were found, and only what they use of the shared rows comes back (9 numbers a site), or the
    sum of that over a bundle, which makes the master as small as one of as many sites as there are
    bundles, at the price of more passes; and plans are mended where the sites are. Then a pass moves some
    10 MB each way with bundles of ten thousand sites, and lasts as long as its slowest bundle and the
    master, which has to be solved in one place.
"""

from __future__ import annotations

import os

from pklogistics.solve.crew.team import Alone, Crew, Team
from pklogistics.solve.options import Options

__all__ = ["Alone", "Crew", "crew_of", "workers_of"]


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
    count = workers_of(options)
    if count == 1:
        return Alone()
    from pklogistics.solve.crew.processes import Processes

    return Team(Processes(count))


def workers_of(options: Options) -> int:
    """Return how many processes the options want on this machine."""
    return options.workers or options.threads or os.cpu_count() or 1
