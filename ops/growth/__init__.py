"""The step from one phase to the next, as a list that a program ticks off."""
