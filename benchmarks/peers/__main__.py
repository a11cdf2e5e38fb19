"""``python -m benchmarks.peers``: what `benchmarks.peers.comparison` says."""

from benchmarks.peers.comparison import main

main()
