import av
import pytest

from detector import video_encoder
from detector.video_encoder import HARDWARE, X264, Encoder, best_encoder, gives_back

[NVENC] = HARDWARE


@pytest.mark.parametrize("size", [(2, 2), (64, 48), (640, 360)])
def test_x264_gives_back_what_it_was_given(size: tuple[int, int]) -> None:
    assert gives_back(X264, *size)


@pytest.mark.parametrize(
    "encoder", [Encoder("h264_of_no_such_card", {}), Encoder("libx264", {"preset": "of no such name"})]
)
def test_one_that_cannot_be_opened_does_not_work(encoder: Encoder) -> None:
    assert not gives_back(encoder, 64, 48)


def test_one_that_gives_other_pictures_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_encoder, "MOST_OFF", 0.0)
    assert not gives_back(X264, 66, 50)


def test_a_card_is_used_where_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"libx264", NVENC.name})
    tried: list[tuple[str, int, int]] = []

    def works(encoder: Encoder, width: int, height: int) -> bool:
        tried.append((encoder.name, width, height))
        return True

    assert best_encoder(1920, 1080, works) is NVENC
    assert tried == [(NVENC.name, 1920, 1080)]
    assert best_encoder(1920, 1080, lambda encoder, width, height: False) is X264


def test_one_that_is_not_listed_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"libx264"})

    def works(encoder: Encoder, width: int, height: int) -> bool:
        raise AssertionError(encoder.name)

    assert best_encoder(64, 48, works) is X264
