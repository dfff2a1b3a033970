"""Stores to test against: in memory, in files, and S3 as moto stands in for it, spoken to through s3fs."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from detector.batch.stores import put_bytes
from detector.url import Url

S3_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3."""
    for package in ("moto", "s3fs", "flask_cors"):
        pytest.importorskip(package, reason="needs moto[s3], flask-cors and s3fs")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in S3_SETTINGS.items():
            environment.setenv(name, value)
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["memory", "file", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Url:
    """An empty folder in a store of each kind."""
    pytest.importorskip("fsspec", reason="needs the extra urls")
    if request.param == "file":
        return Url("file", str(tmp_path / "store"))
    if request.param == "memory":
        return Url("memory", f"tests/{uuid.uuid4()}")
    request.getfixturevalue("s3")
    return bucket()


def bucket() -> Url:
    """A new one in the stand-in for S3."""
    import s3fs

    name = f"bucket-{uuid.uuid4()}"
    s3fs.S3FileSystem(use_listings_cache=False).mkdir(name)
    return Url("s3", name)


def filled(folder: Url, **texts: str) -> Url:
    """A folder with a clip of each name and text."""
    for name, text in texts.items():
        put_bytes(text.encode(), folder / f"{name}.mp4")
    return folder
