"""Other modelling tools and plain solvers against pklogistics; see `benchmarks.peers.comparison`."""
