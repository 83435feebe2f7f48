"""The ``cambium`` command. Reads the configuration and assemblies; the app itself never runs in here."""
