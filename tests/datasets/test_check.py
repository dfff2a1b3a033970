from pathlib import Path

import cv2
import pytest

pytest.importorskip("imagehash", reason="needs the extra `data`")

from datasets.build import build
from datasets.check import check, hash_picture, near_pairs, table, write_pairs
from datasets.layout import LayoutError
from tests.datasets.samples import write_picture, write_prepared_sources

SHARED = Path(__file__).parents[3] / "shared" / "datasets"
SAME_PICTURE_BITS = 4


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A clean layout: every picture another."""
    assert build(write_prepared_sources(tmp_path / "sources"), tmp_path / "out", skip_bad=False) == 0
    return tmp_path / "out"


def link(out: Path, split: str, name: str) -> Path:
    return out / "vehicles" / "images" / split / f"{name}.webp"


def test_a_clean_layout_has_nothing_to_report(out: Path) -> None:
    findings = check(out)
    assert findings.problems == ()
    assert findings.pairs == ()


def test_a_picture_of_train_that_is_in_val_again_is_a_leak(out: Path) -> None:
    """Smaller, brighter and compressed harder, as pictures come back from the web."""
    image = cv2.imread(str(link(out, "train", "mian_train").resolve()))
    assert image is not None
    again = cv2.convertScaleAbs(cv2.resize(image, (48, 36)), alpha=1.05, beta=5)
    val = link(out, "val", "zem_val").resolve()
    val.write_bytes(cv2.imencode(".webp", again, [cv2.IMWRITE_WEBP_QUALITY, 60])[1].tobytes())
    [leak] = check(out).leaks
    assert {leak.first.path.stem, leak.second.path.stem} == {"mian_train", "zem_val"}


def test_one_file_linked_into_train_and_val_is_a_leak(out: Path) -> None:
    link(out, "val", "mian_again").symlink_to(link(out, "train", "mian_train").resolve())
    (out / "vehicles" / "labels" / "val" / "mian_again.txt").write_text("")
    [leak] = check(out).leaks
    assert (leak.first.path.stem, leak.second.path.stem, leak.bits) == ("mian_train", "mian_again", 0)


def test_a_picture_twice_in_one_split_is_no_leak(out: Path) -> None:
    link(out, "val", "zem_val").resolve().write_bytes(link(out, "val", "mian_val").read_bytes())
    findings = check(out)
    assert findings.leaks == ()
    assert [pair.bits for pair in findings.pairs] == [0]


def test_one_picture_in_both_networks_is_no_duplicate_of_itself(out: Path) -> None:
    assert link(out, "train", "mian_train").exists()
    assert (out / "smoke_fire" / "images" / "train" / "mian_train.webp").exists()
    assert check(out).pairs == ()


@pytest.mark.parametrize(
    ("line", "kind"), [("9 0.5 0.5 0.1 0.1", "class"), ("0 0.5 nan 0.1 0.1", "box outside"), ("0 0.5", "label")]
)
def test_a_box_out_of_range_is_named(out: Path, line: str, kind: str) -> None:
    (out / "vehicles" / "labels" / "train" / "mian_train.txt").write_text(f"\n{line}\n")
    [problem] = check(out).problems
    assert (problem.file.name, problem.line, problem.kind) == ("mian_train.txt", 2, kind)


def test_boxes_under_two_pixels_are_counted(out: Path) -> None:
    (out / "vehicles" / "labels" / "train" / "mian_train.txt").write_text("0 0.5 0.5 0.02 0.5\n0 0.5 0.5 0.5 0.5\n")
    [(picture, count)] = check(out).small
    assert (picture.path.stem, count) == ("mian_train", 1)


def test_a_picture_that_cannot_be_decoded_or_found_is_named(out: Path) -> None:
    link(out, "train", "obulka_train").resolve().write_bytes(b"no picture")
    link(out, "val", "obulka_val").resolve().unlink()
    assert sorted(problem.kind for problem in check(out).problems) == ["corrupt picture", "missing picture"]


def test_the_table_and_the_list_name_sources_and_pictures(out: Path, tmp_path: Path) -> None:
    link(out, "val", "zem_val").resolve().write_bytes(link(out, "train", "mian_train").read_bytes())
    findings = check(out)
    lines = table(findings, {"mian": 2, "zem": 2, "cats": 2})
    assert [line.split()[0] for line in lines] == ["source", "cats", "mian", "zem"]
    assert [line.split()[-1] for line in lines[1:]] == ["0", "1", "1"]
    write_pairs(findings, tmp_path / "pairs.csv")
    assert (tmp_path / "pairs.csv").read_text().splitlines()[1] == "0,leak,train/mian_train.webp,val/zem_val.webp"


def test_a_folder_that_was_not_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"python -m datasets\.build"):
        check(tmp_path)


def test_pairs_are_found_by_the_bits_that_differ() -> None:
    assert near_pairs([0b0000, 0b0011, 0b1111, 2**64 - 1], most_bits=2) == [(0, 1, 2), (1, 2, 2)]
    assert near_pairs([], most_bits=2) == []
    assert near_pairs([5]) == []


def test_other_pictures_have_far_hashes(tmp_path: Path) -> None:
    hashes = [hash_picture(write_picture(tmp_path / f"{seed}.png", seed=seed)) for seed in range(20)]
    assert near_pairs(hashes) == []
    assert len(set(hashes)) == 20


@pytest.mark.skipif(not SHARED.is_dir(), reason="the sources are not here")
@pytest.mark.parametrize("source", ["zem", "obulka", "visdrone", "cats", "auair", "jekhor"])
def test_no_picture_of_val_is_in_train_again(source: str) -> None:
    """All pictures of the smaller vehicle sources. datasets/README.md tells of views of one place at another time."""
    pictures = sorted((SHARED / source / "images").rglob("*.webp"))
    near = near_pairs([hash_picture(picture) for picture in pictures], SAME_PICTURE_BITS)
    across = [(pictures[i], pictures[j]) for i, j, _ in near if pictures[i].parent != pictures[j].parent]
    assert across == []
