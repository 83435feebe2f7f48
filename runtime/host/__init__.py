"""Runs a product on one machine: starts it, releases to it without a gap, and watches it.

Standard library and the AWS CLI only: both are in Amazon Linux, so nothing is installed for it.
"""
