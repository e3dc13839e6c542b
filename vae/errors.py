class UserError(ValueError):
    """The user's mistake: told in one line that names the thing and the remedy; exit code 2."""
