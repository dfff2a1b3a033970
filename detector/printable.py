"""Text from a file, made fit to be shown."""

JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # parts of words in many scripts, and of emoji


def printable(text: str, instead: str = "?") -> str:
    """A name or the like without the characters that could steer a terminal, break a table or turn text around."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in JOINERS else instead for letter in text)
