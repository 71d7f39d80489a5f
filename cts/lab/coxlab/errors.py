"""The one exception that is meant for the user."""


class LabError(Exception):
    """Says what went wrong with which object, and what to do about it; printed without a traceback."""
