import io
from dataclasses import replace

import pytest
from rich.console import Console

from detector.content_credentials import ContentCredentials
from detector.outputs.credentials import credentials_said
from detector.outputs.html.material import Material
from detector.outputs.html.page import render
from detector.outputs.terminal import summary
from tests.reports import report

SIGNED = ContentCredentials(
    state="valid", bytes_match=True, generator="cutting room 1.0", signer="signer", issuer="Newsroom",
    actions=("c2pa.edited",), codes=("signingCredential.untrusted",),
)  # fmt: skip
EVIL = "</p><script>x()</script>\x1b[2J[red]\u202e\n"


def test_a_signature_by_nobody_known_is_not_told_as_more() -> None:
    text = credentials_said(SIGNED)
    assert "the bytes are those that were signed" in text
    assert "names “signer”, “Newsroom” as its signer" in text
    assert "on no list of trusted signers here, so who signed cannot be told" in text
    assert "c2pa.edited" in text


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "were not looked for: that takes the extra c2pa"),
        (ContentCredentials("absent"), "No content credentials"),
        (ContentCredentials("unsupported"), "cannot be read from this kind of file"),
        (ContentCredentials("elsewhere", reason="Remote: http://x/"), "nothing is fetched: Remote: http://x/"),
        (ContentCredentials("unreadable", reason="it crashed"), "cannot be read: it crashed"),
        (replace(SIGNED, state="invalid", bytes_match=False), "was changed after it was signed"),
        (replace(SIGNED, state="invalid", codes=("claimSignature.mismatch",)), "do not hold: claimSignature.mismatch"),
        (replace(SIGNED, bytes_match=None), "does not say of which bytes"),
        (replace(SIGNED, signer=None, issuer=None), "It names no signer"),
        (replace(SIGNED, signed="2024-05-01T00:00:00Z"), "as its signer, at 2024-05-01T00:00:00Z;"),
        (replace(SIGNED, actions=("c2pa.edited",) * 9), "and 3 more actions."),
    ],
)
def test_every_state_has_its_sentence(found: ContentCredentials | None, said: str) -> None:
    assert said in credentials_said(found)


def test_what_the_manifest_says_is_text_in_the_page_and_on_the_terminal() -> None:
    evil = replace(SIGNED, generator=EVIL, title=EVIL, signer=EVIL, issuer=EVIL, signed=EVIL, actions=(EVIL,))
    found = report()
    found = replace(found, input=replace(found.input, content_credentials=evil))
    page = render(found, Material((), (), None, {}))
    assert "<script>x()" not in page
    assert "&lt;script&gt;x()" in page
    assert "\u202e" not in page
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(summary(found))
    shown = console.export_text()
    assert not set(shown) & set("\x1b\u202e")
    assert "[red]" in shown
