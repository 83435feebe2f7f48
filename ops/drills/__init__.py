"""Drills: what a deployment promises about its database connections, tried on real servers of one's own."""
