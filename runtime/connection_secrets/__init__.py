"""Turns a fresh database into one applications can log in to, and composes their connection URLs.

Two custom resources behind CDK's ``custom_resources.Provider``: ``roles_handler.on_event`` and
``urls_handler.on_event``. Passwords go from one secret to another inside the VPC; none is ever in a
template, an environment value, an output, a log record or an exception.
"""
