"""Connection pools that really pool: an ECS task told ``POOL_SETTINGS`` is run as the program it holds."""
