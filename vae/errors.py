"""The error for mistakes of the user."""


class UserError(ValueError):
    """A mistake of the user. Commands print its message and exit with code 2.

    The message is one line that names what is wrong and how to correct it.
    """
