"""Draws a deployment from its description alone: pure layout, and no AWS anywhere."""
