"""Deploying an assembly with the real CDK CLI, and mending what an earlier run left behind."""
