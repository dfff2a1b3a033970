"""Text from a file, made fit to be shown."""


def printable(text: str, instead: str = "?") -> str:
    """A name or the like without the control characters that could steer a terminal or break a table."""
    return "".join(letter if letter.isprintable() else instead for letter in text)
