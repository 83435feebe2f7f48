"""The steps of making, changing and deleting a tenant that has a stack for itself.

Each is a step of a state machine, may run again at any time, and either is done, asks to be called again, or
fails with a sentence. What a tenant is stands in the registry; whether it is served, in the routing table.
"""
