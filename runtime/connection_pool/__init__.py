"""The Lambdas of the connection pool: its logins, the gate before it is used, a probe, and RECONNECT.

Shipped together with the package ``connection_secrets``, whose secrets, verifiers and errors they use.
"""
