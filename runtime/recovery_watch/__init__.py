"""How old the newest backup and the newest successful restore drill are, asked of the buckets themselves."""
