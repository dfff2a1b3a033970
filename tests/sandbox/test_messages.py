"""Messages of a confined reader: what comes out as it went in, and what is refused."""

import contextlib
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.sandbox.messages import (
    LENGTH,
    MOST_BYTES,
    BadMessageError,
    Confined,
    Failed,
    Message,
    Picture,
    Place,
    State,
    receive,
    send,
)


def received(content: bytes) -> Message | None:
    return receive(io.BytesIO(content))


@pytest.mark.parametrize(
    "message",
    [
        Confined(("files", "network")),
        Picture(3, -40, (1, 1000), True),
        State(True, 2, None, ("a note",), (Place(-1, None, "broken", 0.4, None),)),
        Failed("no video", confined=True),
    ],
)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    pipe = io.BytesIO()
    send(pipe, message)
    assert received(pipe.getvalue()) == message


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_an_end_or_refused(content: bytes) -> None:
    for whole in (content, LENGTH.pack(len(content)) + content):
        with contextlib.suppress(BadMessageError):
            received(whole)


@pytest.mark.parametrize(
    "picture",
    [
        {"index": -1, "pts": 0, "time_base": [1, 25], "corrupt": False},
        {"index": 1, "pts": 1 << 70, "time_base": [1, 25], "corrupt": False},
        {"index": 1, "pts": 0, "time_base": [1, 0], "corrupt": False},
        {"index": 1, "pts": 0, "time_base": [1, 25]},
        {"index": 1, "pts": "0", "time_base": [1, 25], "corrupt": False},
    ],
)
def test_a_picture_out_of_range_is_refused(picture: dict[str, object]) -> None:
    body = msgspec.json.encode({"type": "Picture", **picture})
    with pytest.raises(BadMessageError):
        received(LENGTH.pack(len(body)) + body)


def test_a_message_without_end_is_not_waited_for() -> None:
    with pytest.raises(BadMessageError, match="bytes"):
        received(LENGTH.pack(MOST_BYTES + 1) + b"x")
