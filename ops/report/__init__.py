"""What an operator sees: the steps while they run, and the tables at the end."""
