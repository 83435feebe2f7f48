"""The transition prover: what the step between two sets of templates does to everything they describe.

Reads templates and nothing else: no account, no credentials, no clock.
"""
