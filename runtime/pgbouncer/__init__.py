"""The connection pool's container: PgBouncer in front of one database, told everything by its environment.

``python -m pgbouncer`` writes PgBouncer's files into a private folder, starts it, lets its clients
leave when it is asked to stop, and reports its metrics. It knows no AWS API and holds no state.
"""
