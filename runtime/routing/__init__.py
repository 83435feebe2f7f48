"""Where each organization lives: the table, who is placed where, and look-ups that survive outages."""
