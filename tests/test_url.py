from pathlib import Path

import pytest

from detector.url import LONGEST_NAME_BYTES, Url, name_in, place_named, refusal, without_secrets


def test_what_a_user_names_is_a_path_or_an_address() -> None:
    assert place_named("a/b.mp4") == Path("a/b.mp4")
    assert place_named("C:/a.mp4") == Path("C:/a.mp4")
    assert place_named("s3://bucket/a b.mp4") == Url("s3", "bucket/a b.mp4")
    assert place_named("S3://bucket/archive/") == Url("s3", "bucket/archive")
    assert str(place_named("file:///archive/a.mp4")) == "file:///archive/a.mp4"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("http://example.org/a.mp4", "not streams, web addresses"),
        ("https://example.org/a.mp4", "not streams, web addresses"),
        ("rtsp://camera/live", "not streams"),
        ("udp://239.0.0.1:1234", "not streams"),
        ("zip://a.mp4::s3://bucket/a.zip", "within addresses"),
        ("s3://bucket/a.mp4::http://example.org", "within addresses"),
        ("github://owner:repository@main/a.mp4", "archives"),
        ("s3://key:hidden@bucket/a.mp4", "leave that out"),
        ("s3://bucket/a.mp4?X-Amz-Signature=hidden", "leave that out"),
        ("https://bucket.example.org/a.mp4?X-Amz-Signature=hidden", "web addresses"),
        ("s3://", "names no file"),
        ("file://relative/a.mp4", "names no file"),
    ],
)
def test_what_is_no_recorded_file_in_a_store_is_refused_and_no_secret_is_told(text: str, says: str) -> None:
    url = Url.parse(text)
    assert url is not None
    reason = refusal(url)
    assert reason is not None
    assert says in reason
    assert "hidden" not in reason


@pytest.mark.parametrize("text", ["s3://bucket/a.mp4", "gs://bucket/archive/**/*.mp4", "file:///a?.mp4", "memory://a"])
def test_recorded_files_in_stores_are_not(text: str) -> None:
    url = Url.parse(text)
    assert url is not None
    assert refusal(url) is None


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("bucket/a/b.mp4", "b.mp4"),
        ("bucket/a/../../etc/passwd", "passwd"),
        ("bucket/..", "clip"),
        ("bucket/a/", "clip"),
        ("bucket/.", "clip"),
        ("bucket/..\\..\\a.mp4", ".._.._a.mp4"),
        ("bucket/a\n\x1b[2J\0.mp4", "a__[2J_.mp4"),
        ("bucket/\u202egp4.mp4", "_gp4.mp4"),
        ("bucket/" + "x" * 1000 + ".mp4", "x" * 251 + ".mp4"),
        ("bucket/" + "я" * 500 + ".mp4", "я" * 125 + ".mp4"),
        ("bucket/a." + "x" * 1000, "." + "x" * 254),
    ],
)
def test_a_name_is_one_that_a_file_may_have_anywhere(key: str, name: str) -> None:
    found = Url("s3", key).name
    assert len(found.encode()) <= LONGEST_NAME_BYTES
    assert found == name


def test_places_are_named_from_the_folder_of_the_manifest() -> None:
    results = Url("s3", "bucket/results")
    assert name_in(results, results / "a.detect") == "a.detect"
    assert name_in(results, results) == "."
    assert name_in(results, Url("s3", "bucket/results2/a.mp4")) == "s3://bucket/results2/a.mp4"
    assert name_in(Path("results"), Url("s3", "bucket/a.mp4")) == "s3://bucket/a.mp4"
    assert name_in(results, Path("a.mp4")) == str(Path("a.mp4").absolute())
    assert name_in(Path("results"), Path("a.mp4")) == "../a.mp4"


def test_words_of_others_lose_what_is_secret_in_their_addresses() -> None:
    assert without_secrets("cannot GET https://user:pw@host/a?X-Amz-Signature=f00&b=1 now") == (
        "cannot GET https://host/a?... now"
    )
    assert without_secrets("what is a=b?") == "what is a=b?"
