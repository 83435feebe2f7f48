"""Programs that are measured, not imported."""
