"""Rotates the passwords of database roles: two logins take turns, and both work at every moment.

One function, called step by step by a state machine. Each step may run again: what is done already is left
alone. Shipped together with ``connection_secrets`` and ``connection_pool``, whose parts it uses.
"""
