"""What a person can act on."""


class HostError(Exception):
    """Something that must be said in words: what is wrong, and what to do. Never holds a secret."""


class BusyError(HostError):
    """Somebody else changes the machine now."""
