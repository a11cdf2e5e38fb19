"""What holds for all tests."""

import gc

from hypothesis import settings

# How long an example takes says more about what else the machine does than about the program.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Small missions make and drop small tables by the thousand; looking for cycles among them every 700 objects,
# as Python does unless told otherwise, takes a tenth of all time.
gc.set_threshold(20_000, 20, 20)
