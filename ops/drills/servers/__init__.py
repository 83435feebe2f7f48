"""Real PostgreSQL and pgbouncer on loopback, which live no longer than the drill that started them."""
