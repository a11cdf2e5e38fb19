"""Why a need is not fully served: the questions asked of each site, and the reasons told."""
