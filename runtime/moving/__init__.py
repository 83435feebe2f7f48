"""Moves one tenant's rows between two PostgreSQL databases that serve: from the pool to a silo, and back.

``python -m moving STEP`` does one step, as one container. Each step may be killed at any moment and run
again. Rows are read and written as the role that owns the tables, bound by its row-level security with this
tenant set: another tenant's row can be neither read nor written by it. It decides nothing about routing.
"""
