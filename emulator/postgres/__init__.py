"""The real PostgreSQL behind the embedded RDS: one server per instance or cluster."""
