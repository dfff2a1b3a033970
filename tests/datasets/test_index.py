from pathlib import Path

import pytest

from datasets.index import read_index
from datasets.tables import TableError
from tests.datasets.samples import write_index

ROWS = [
    ("mian/images/val/mian_00240.webp", "val", "Owner__Repo/train/images/981.jpg"),
    ("mian/images/train/mian_00241.webp", "train", "Owner__Repo/valid/images/981.jpg"),
    ("zem/images/val/zem_00001.webp", "val", "Other__Repo/DJI_1.JPG"),
]


@pytest.mark.parametrize(
    ("picture", "split"),
    [
        ("mian/images/val/mian_00240.webp", "val"),
        ("mian/train/images/981.jpg", "val"),
        ("mian/datasets/train/images/981.jpg", "val"),
        ("mian/train/981.jpg", "val"),
        ("mian/valid/images/981.jpg", "train"),
    ],
)
def test_a_picture_is_found_by_how_its_path_ends(tmp_path: Path, picture: str, split: str) -> None:
    row = read_index(write_index(tmp_path, ROWS))["mian"].find(Path(picture))
    assert row is not None
    assert row.split == split


@pytest.mark.parametrize("picture", ["mian/981.jpg", "mian/test/images/981.jpg", "mian/train/images/982.jpg", ""])
def test_a_picture_that_is_not_listed_gets_no_split(tmp_path: Path, picture: str) -> None:
    assert read_index(write_index(tmp_path, ROWS))["mian"].find(Path(picture)) is None


def test_a_picture_is_sought_in_its_own_source_only(tmp_path: Path) -> None:
    index = read_index(write_index(tmp_path, ROWS))
    assert index["mian"].find(Path("mian/DJI_1.JPG")) is None
    assert index["zem"].find(Path("zem/DJI_1.JPG")) is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column file, original, split"),
        ("file,split\n", "no column original"),
        ("file,split,original\nmian/b.webp,test,c/d.jpg\n", r":2: split 'test'"),
        ("file,split,original\nmian/b.webp,val,c/d.jpg\nmian/e.webp,train,f/d.jpg\n", "are one picture by d.jpg"),
        ("file,split,original\nnobody/b.webp,val,c/d.jpg\n", r":2: .*'nobody'.*datasets/sources\.py"),
        ("file,split,original\nmian/b.webp,val\n", ":2: 2 fields, but the table has 3 columns"),
        ("file,split,original\nmian/b.webp,val,c/d,e.jpg\n", ":2: 4 fields, but the table has 3 columns"),
        (b"file,split,original\nmian/\xff.webp,val,c/d.jpg\n", "not a table"),
        ("file,split,original\nmian/b.webp,val," + 200_000 * "x" + "\n", "not a table"),
    ],
)
def test_an_index_that_cannot_be_trusted_is_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    path = tmp_path / "index.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TableError, match=message):
        read_index(path)


def test_without_an_index_nothing_is_split(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="not there"):
        read_index(tmp_path / "index.csv")
