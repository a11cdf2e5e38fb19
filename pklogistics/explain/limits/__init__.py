"""What binds: the limits of a mission, the rows that say them, their words, and how they are relaxed."""
