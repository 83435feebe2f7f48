"""Runs the migrations of a deployment, waits for them, and says what went wrong.

``deploy_handler.on_event`` and ``deploy_handler.is_complete`` are a custom resource behind CDK's
``custom_resources.Provider``; ``explain_handler.on_failure`` is a step of the state machine that they start.
None of them talks to the database or reads a secret: the migration itself is a task of the application.
"""
