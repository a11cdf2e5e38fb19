"""From a mission to a sparse program: one module a family, assembled from triplets.

`build.compile_mission` is the table of contents; `decode.decode` turns the program's values back into
the tables of a plan.
"""
