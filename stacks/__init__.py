"""Composition: which constructs make up which stack, and who gets what from whom."""

# First, so that jsii starts on the pinned Node.js whichever module comes next.
import cambium  # noqa: F401
