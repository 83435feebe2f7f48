"""How old the newest backup and the newest successful restore drill are, asked of the buckets themselves.

And how close to now RDS itself could restore, asked of RDS.
"""
