"""Content credentials in a few sentences, for people. The names in them come from the file: escape what is made."""

from detector.content_credentials import ContentCredentials
from detector.outputs.words import counted
from detector.printable import printable

MOST_SAID = 6  # of the actions


def credentials_said(found: ContentCredentials | None) -> str:
    """What the content credentials of a clip say, and what that is worth."""
    if found is None:
        return "Content credentials (C2PA) were not looked for: that takes the extra c2pa."
    match found.state:
        case "absent":
            return "No content credentials (C2PA): the file does not say where it comes from."
        case "unsupported":
            return "Content credentials (C2PA) cannot be read from this kind of file."
        case "elsewhere":
            return f"Its content credentials (C2PA) lie elsewhere, and nothing is fetched: {_plain(found.reason)}."
        case "unreadable":
            return f"Content credentials (C2PA) may be there but cannot be read: {_plain(found.reason)}."
    return " ".join((_whether_it_holds(found), _by_whom(found), *_what_was_done(found)))


def _whether_it_holds(found: ContentCredentials) -> str:
    if found.bytes_match is False:
        return "Signed (C2PA), but the file was changed after it was signed: its credentials do not hold."
    if found.state == "invalid":
        return f"Signed (C2PA), but its credentials do not hold: {', '.join(found.codes) or 'no reason is given'}."
    if found.bytes_match is None:
        return "Signed (C2PA), but it does not say of which bytes."
    return "Signed (C2PA), and the bytes are those that were signed."


def _by_whom(found: ContentCredentials) -> str:
    names = [f"“{_plain(name)}”" for name in (found.signer, found.issuer) if name]
    name = f"It names {', '.join(names)} as its signer" if names else "It names no signer"
    when = f", at {_plain(found.signed)}" if found.signed else ""
    return f"{name}{when}; that is on no list of trusted signers here, so who signed cannot be told."


def _what_was_done(found: ContentCredentials) -> list[str]:
    said = []
    if found.generator:
        said.append(f"Made with “{_plain(found.generator)}”.")
    if found.actions:
        more = len(found.actions) - MOST_SAID
        rest = f" and {counted(more, 'more action')}" if more > 0 else ""
        said.append(f"It says of its making: {', '.join(map(_plain, found.actions[:MOST_SAID]))}{rest}.")
    return said


def _plain(text: str | None) -> str:
    return printable(" ".join((text or "no reason is given").split())).rstrip(".")
