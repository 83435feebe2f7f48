"""Backups of a PostgreSQL database, and the way back: dump, list, restore, verify.

``python -m database`` streams ``pg_dump`` into S3, encrypted, and writes a manifest last. It needs no disk,
and as much memory for a gigabyte as for a hundred. What it is told comes by environment; it knows no
template and no stack.
"""
