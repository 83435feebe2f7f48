"""Measures what Cambium costs, side by side with the alternatives, and writes ``docs/benchmarks.md``."""
