"""Names and words that strangers chose, in every place of a clip and of a network that has any, through the whole
command. Each output is read back by a parser of its kind: none has more parts than with harmless words, and nothing in
it steers a terminal, a browser or a spreadsheet."""

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import av
import pytest
from click.testing import CliRunner, Result

from detector import analysis, report_assembly
from detector.analysis import Networks
from detector.cli import main
from detector.clips_named import folder_name
from detector.content_credentials import ContentCredentials
from detector.frame_records import read_frames
from tests.clips import write_clip
from tests.fakes import FIRE_RED, SMOKE_GREY, ground, noisy, square_networks, with_squares, write_pictures

BIDI = "\u202egpj.exe\u2066"
STEERING = "\x1b]0;owned\x07\x1b[2J\x1b[8m\x9b31m\x7f\x85\u2028"
JOINED = "👩\u200d🚀 می\u200cخواهم"  # joiners are part of words and harm nobody
ACTIVE = """=cmd|'!A0 <script>alert(1)<!--\r\n--> "onload='alert(1)' {{7*7}} [bold]&lt;:bomb:"""
IN_A_NAME = f"{ACTIVE}{STEERING}{BIDI}{JOINED}"
WORDS = f"{IN_A_NAME}</script></title><img src=x onerror=alert(1)>"
TAME = "plain"
LONGEST_BYTES = 255
TEXTS = {".json", ".jsonl", ".csv", ".txt", ".srt", ".vtt", ".otio", ".html", ""}
DRAWN_AGAIN = {"\x1b[2K", "\x1b[1A", "\x1b[?25l", "\x1b[?25h"}  # what rich writes to draw its bars again


def clip_with_words(folder: Path, stem: str, words: str) -> Path:
    """Two shots with a convoy, smoke and fire; the words are wherever MP4 has room for any."""
    cars = [(20, 20), (70, 60), (120, 100)]
    images = [with_squares(ground(1), [(x + 3 * i, y) for x, y in cars]) for i in range(30)]
    images += [with_squares(with_squares(ground(7), [(220, 90)], FIRE_RED, 24), [(40, 40)], SMOKE_GREY, 40)] * 20
    pictures = write_pictures(folder / "pictures.mp4", [noisy(image, seed) for seed, image in enumerate(images)])
    sound = write_clip(folder / "sound.mp4", 0, audio="aac")
    longest = LONGEST_BYTES - len(".mp4")
    path = folder / f"{stem}{'x' * (longest - len(stem.encode()))}.mp4"
    with av.open(str(pictures)) as seen, av.open(str(sound)) as heard, av.open(f"file:{path}", "w") as container:
        for key in ("title", "comment", "artist", "description", "location", "genre"):
            container.metadata[key] = words
        streams = {each: container.add_stream_from_template(each.streams[0]) for each in (seen, heard)}
        for stream in streams.values():
            stream.metadata.update({"handler_name": words, "encoder": words, "title": words})
        chapter = {"start": 0, "end": 1000, "time_base": Fraction(1, 1000), "metadata": {"title": words}}
        container.set_chapters([{"id": 1, **chapter}])  # type: ignore[list-item,typeddict-item]
        for each, stream in streams.items():
            for packet in each.demux():
                if packet.dts is not None:
                    packet.stream = stream
                    container.mux(packet)
    return path


def networks_with_words(words: str) -> Networks:
    """Networks whose cards and device say these words wherever they say any."""
    found = square_networks()
    for network, kinds in ((found.vehicles, 2), (found.smoke_fire, 0)):
        names = [f"{words} {number}" for number in range(kinds)] or list(network.classes)
        thresholds = {
            name: replace(threshold, frame=dict(zip(names, threshold.frame.values(), strict=True)))
            for name, threshold in network.card.thresholds.items()
        }
        network.classes = tuple(names)  # type: ignore[misc,union-attr]
        network.card = replace(network.card, name=words, classes=tuple(names), thresholds=thresholds)  # type: ignore
        network.device = replace(network.device, reason=words)  # type: ignore[misc,union-attr]
    return found


def run(words: str, *arguments: object) -> Result:
    """The command on a terminal, with networks and content credentials that say these words."""
    claims = ContentCredentials("invalid", None, *[words] * 5, actions=(words,) * 9, codes=(words,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.Networks, "load", staticmethod(lambda *_: networks_with_words(words)))
        patch.setattr(report_assembly, "read_content_credentials", lambda path, sandbox: claims)
        return CliRunner().invoke(main, list(map(str, arguments)), env={"FORCE_COLOR": "1", "TERM": "xterm"})


@dataclass(frozen=True)
class Ran:
    """A clip, the folder of its outputs, and what the terminal showed."""

    clip: Path
    folder: Path
    result: Result


def analysed(place: Path, words: str, stem: str) -> Ran:
    clip = clip_with_words(place, stem, words)
    return Ran(clip, clip.with_name(folder_name(clip)), run(words, clip, "--format", "all"))


@pytest.fixture(scope="module")
def tame(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return analysed(tmp_path_factory.mktemp("tame"), TAME, TAME)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return analysed(tmp_path_factory.mktemp("hostile"), WORDS, IN_A_NAME)


@pytest.fixture(scope="module")
def batch(hostile: Ran, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Three clips: one that is sound, one that is no video, one whose name is no text."""
    place = tmp_path_factory.mktemp("batch")
    os.link(hostile.clip, place / hostile.clip.name)
    (place / f"{IN_A_NAME}.avi").write_text("no video")
    os.link(hostile.clip, place / os.fsdecode(b"no \xff text.mp4"))
    return Ran(hostile.clip, place, run(WORDS, place, "--jobs", 1))


class Page(HTMLParser):
    """What a browser makes of a page: its elements with the names of their attributes, texts, scripts, addresses."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.addresses: list[str] = []
        self._in_script = False
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.elements.append((tag, *(name for name, _ in attributes)))
        self.texts += [value or "" for _, value in attributes]
        self.addresses += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_data(self, text: str) -> None:
        (self.scripts if self._in_script else self.texts).append(text)

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_comment(self, text: str) -> None:
        raise AssertionError(f"a comment that nobody wrote: {text}")


def unseen(text: str) -> set[str]:
    """Letters that cannot be seen, but for ends of lines and those that join others."""
    return {letter for letter in text if not letter.isprintable()} - {"\n", "\u200c", "\u200d"}


def assert_terminal_is_not_steered(output: str) -> None:
    ours = set(re.findall(r"\x1b\[[0-9;?]*[A-Za-z]", output))
    assert {code for code in ours if not code.endswith("m")} <= DRAWN_AGAIN
    assert "\x1b[8m" not in ours
    assert not unseen(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", output))


def subtitles(path: Path) -> list[str]:
    """As FFmpeg reads them."""
    with av.open(str(path)) as container:
        return [bytes(packet).decode() for packet in container.demux(subtitles=0) if packet.size]


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


def strings(value: Any) -> Iterator[str]:
    """All keys and texts of a JSON document."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_every_output_is_there(tame: Ran, hostile: Ran) -> None:
    assert (tame.result.exit_code, hostile.result.exit_code) == (0, 0)
    assert {path.name for path in hostile.folder.iterdir()} == {path.name for path in tame.folder.iterdir()}
    assert len(list(hostile.folder.iterdir())) == 14


def test_the_terminal(hostile: Ran, tame: Ran) -> None:
    for ran in (hostile, tame):
        assert_terminal_is_not_steered(ran.result.output)
        assert "3 distinct; 3 at once" in ran.result.output, "long names leave room for figures"
    assert "👩\u200d🚀" in hostile.result.output
    assert ":bomb:" in hostile.result.output


def test_of_several_clips_the_terminal(batch: Ran) -> None:
    assert batch.result.exit_code == 3
    assert_terminal_is_not_steered(batch.result.output)


def test_no_text_holds_letters_that_cannot_be_seen(hostile: Ran, batch: Ran) -> None:
    texts = [path for folder in (hostile.folder, batch.folder) for path in folder.iterdir() if path.suffix in TEXTS]
    assert len(texts) == 16
    for path in texts:
        assert not unseen(path.read_text(encoding="utf-8-sig")), path.suffix


@pytest.mark.parametrize("name", ["report.json", "coco.json", "markers.otio"])
def test_json_says_the_words_as_they_are(hostile: Ran, tame: Ran, name: str) -> None:
    said, plain = (list(strings(json.loads((ran.folder / name).read_text()))) for ran in (hostile, tame))
    assert len(said) == len(plain)
    assert any(hostile.clip.name in text for text in said)


def test_frame_records_say_the_words_as_they_are(hostile: Ran) -> None:
    with (hostile.folder / "frames.jsonl").open(encoding="utf-8") as lines:
        records = list(read_frames(lines))
    assert len(records) == 50
    assert {box.class_name for record in records for box in record.boxes} == {f"{WORDS} 1"}


def test_an_editing_program_takes_the_clip_for_a_file_beside_it(hostile: Ran) -> None:
    document = json.loads((hostile.folder / "markers.otio").read_text())
    [clip] = document["tracks"]["children"][0]["children"]
    url = clip["media_references"]["DEFAULT_MEDIA"]["target_url"]
    assert (urlsplit(url).scheme, unquote(url)) == ("", hostile.clip.name)


def test_tables(hostile: Ran, tame: Ran, batch: Ran) -> None:
    for name in ("tracks.csv", "shots.csv", "events.csv"):
        said, plain = rows(hostile.folder / name), rows(tame.folder / name)
        assert [len(row) for row in said] == [len(row) for row in plain]
        assert len(said) > 1
        assert said[1][0].startswith("'=cmd|")
    for row in (cell for name in batch.folder.glob("*.csv") for cell in rows(name)):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert len(rows(batch.folder / "summary.csv")) == 4


def test_boxes_in_mot_form(hostile: Ran, tame: Ran) -> None:
    for name in ("detections.txt", "tracks.txt"):
        assert (hostile.folder / name).read_bytes() == (tame.folder / name).read_bytes()


@pytest.mark.parametrize("name", ["events.srt", "events.vtt"])
def test_subtitles(hostile: Ran, tame: Ran, name: str) -> None:
    assert subtitles(hostile.folder / name) == subtitles(tame.folder / name)
    assert len(subtitles(hostile.folder / name)) == 2


def test_the_page_has_the_elements_it_has_for_plain_words(hostile: Ran, tame: Ran) -> None:
    page, plain = Page(hostile.folder / "report.html"), Page(tame.folder / "report.html")
    assert page.elements == plain.elements
    assert page.addresses == plain.addresses
    assert page.scripts[1:] == plain.scripts[1:], "the first holds the data"
    assert json.loads(page.scripts[0])["clip"]["file"] == hostile.clip.name
    assert not unseen("".join(page.texts))


def test_the_page_over_several_clips(batch: Ran) -> None:
    page = Page(batch.folder / "index.html")
    assert sum(element[0] == "tr" for element in page.elements) == 4
    assert {name for element in page.elements for name in element if name.startswith("on")} == set()
    links = [address for address in page.addresses if not address.startswith("data:image/webp;base64,")]
    assert len(links) == 2
    for link in links:
        assert (urlsplit(link).scheme, urlsplit(link).netloc) == ("", "")
        assert (batch.folder / unquote_to_bytes(link).decode("utf-8", "surrogateescape")).is_file()


def test_the_video_repeats_none_of_the_words(hostile: Ran, tame: Ran) -> None:
    def said(path: Path) -> list[object]:
        with av.open(str(path)) as video:
            return [video.metadata, video.chapters(), *(stream.metadata for stream in video.streams)]

    assert said(hostile.folder / "annotated.mp4") == said(tame.folder / "annotated.mp4")


def test_errors(hostile: Ran, tmp_path: Path) -> None:
    bad = [tmp_path / f"{IN_A_NAME}{suffix}" for suffix in (".mp4", ".txt", ".json")]
    for path in bad[:2]:
        path.write_text("nothing of the kind\n")
    review = {"schema": "detect-review/1", "clip": {"file": WORDS, "sha256": WORDS}, "findings_sha256": WORDS}
    bad[2].write_text(json.dumps({**review, "saved": WORDS, "verdicts": []}))
    for arguments in (
        [bad[0]],
        [tmp_path / f"none {IN_A_NAME}"],
        [hostile.clip],
        [hostile.clip, "--classes", "tank", "--overwrite"],
        [hostile.clip, "--tracks", bad[1], "--overwrite"],
        ["--apply-review", bad[2], hostile.folder],
        ["--verify", tmp_path / IN_A_NAME],
        ["--list", bad[1]],
    ):
        result = run(WORDS, *arguments)
        assert result.exit_code in (2, 3), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert_terminal_is_not_steered(result.output)
