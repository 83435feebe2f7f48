"""The commands, one module per group; ``ops.cli`` puts them together."""
