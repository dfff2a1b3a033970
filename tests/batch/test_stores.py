import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from detector.batch import stores
from detector.batch.stores import (
    NoRoomError,
    NotThereError,
    StoreError,
    StoreNotInstalledError,
    create,
    fetch,
    files_in,
    look_at,
    put_bytes,
    put_file,
    read_bytes,
    remove,
)
from detector.url import Url
from tests.stores import bucket, filled


def test_what_is_put_there_can_be_looked_at_listed_and_copied_here(store: Url, tmp_path: Path) -> None:
    assert files_in(store) == []
    assert look_at(store / "a.mp4") is None
    (tmp_path / "a.mp4").write_bytes(b"clip")
    put_file(tmp_path / "a.mp4", store / "a.mp4")
    put_bytes(b"further", store / "deep" / "b.mp4")
    [found] = files_in(store)
    assert found == store / "a.mp4"
    assert found.listed is not None
    assert found.listed.bytes == 4
    assert {file.relative_to(store) for file in files_in(store, depth=None)} == {"a.mp4", "deep/b.mp4"}
    fetch(found, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"clip"
    assert read_bytes(store / "deep" / "b.mp4") == b"further"
    assert look_at(store / "deep") is None, "a folder is no file"
    remove(found)
    remove(found)
    assert look_at(found) is None


def test_a_listing_tells_what_was_replaced_without_reading(store: Url) -> None:
    filled(store, a="one", b="two")
    before = {file.name: file.listed for file in files_in(store)}
    assert {file.name: file.listed for file in files_in(store)} == before
    filled(store, a="new")
    after = {file.name: file.listed for file in files_in(store)}
    assert after["b.mp4"] == before["b.mp4"]
    assert after["a.mp4"] != before["a.mp4"]


def test_only_one_of_many_that_create_a_file_at_once_does(store: Url) -> None:
    if store.protocol == "memory":
        pytest.skip("the store in memory looks first and creates then")
    won: list[int] = []
    threads = [
        threading.Thread(target=lambda number=number: won.append(number) if create(b"x", store / "mark") else None)
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_file_that_is_there_is_not_created_again(store: Url) -> None:
    assert create(b"first", store / "mark")
    assert not create(b"second", store / "mark")
    assert read_bytes(store / "mark") == b"first"


def test_what_vanished_since_it_was_listed_is_said_to_be_gone(store: Url, tmp_path: Path) -> None:
    [clip] = files_in(filled(store, a="one"))
    remove(clip)
    with pytest.raises(NotThereError, match="is not there any more"):
        fetch(clip, tmp_path / "copy")


def test_what_changes_while_it_is_copied_is_not_taken(
    store: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [clip] = files_in(filled(store, a="one"))
    look = stores.look_at
    looks: list[Url] = []

    def looked(url: Url) -> Url | None:
        if looks:
            filled(store, a="another")
        looks.append(url)
        return look(url)

    monkeypatch.setattr(stores, "look_at", looked)
    with pytest.raises(StoreError, match="changed or cut short while it was copied"):
        fetch(clip, tmp_path / "copy")


def test_what_does_not_fit_is_not_begun(store: Url, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [clip] = files_in(filled(store, a="one"))
    monkeypatch.setattr(stores.shutil, "disk_usage", lambda path: SimpleNamespace(free=2))
    with pytest.raises(NoRoomError, match="set TMPDIR to a larger disk"):
        fetch(clip, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_file_appears_whole_in_a_store_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "a").write_bytes(b"new")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "a").write_bytes(b"old")

    def full(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stores.shutil, "copyfile", full)
    with pytest.raises(StoreError, match="No space left"):
        put_file(tmp_path / "a", Url("file", str(tmp_path / "store" / "a")))
    assert (tmp_path / "store" / "a").read_bytes() == b"old"


def test_a_store_whose_package_is_missing_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    for module in ("gcsfs", "google"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(StoreNotInstalledError, match="gcsfs"):
        look_at(Url("gs", "bucket/a.mp4"))
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(StoreNotInstalledError, match=r"pip install 'detect-vehicles\[urls\]'"):
        look_at(Url("memory", "a.mp4"))


def test_a_bucket_that_is_not_there(s3: str) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        put_bytes(b"", Url("s3", "no-such-bucket/a"))
    assert look_at(Url("s3", "no-such-bucket/a")) is None


def test_credentials_that_are_missing_are_told_as_such(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3fs import S3FileSystem

    there = bucket()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    S3FileSystem.clear_instance_cache()
    try:
        with pytest.raises(StoreError, match=r"cannot be listed .*credentials"):
            files_in(there)
    finally:
        S3FileSystem.clear_instance_cache()
