import html.parser
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from detector.outputs.html.material import Material
from detector.outputs.html.page import PageError, embedded_json, read_material, render, write_page
from detector.report import Report
from tests.conftest import AnalysedClip
from tests.reports import report

MATERIAL = Material((1, 2, 0), ((0.5, 0.6),), None, {"track 1": "/9j/"})
HOSTILE = "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>\u2028\n{{ 7 * 7 }}\U0001f69a.mp4"


class Elements(html.parser.HTMLParser):
    """What a parser makes of a page: its elements, and the text outside script and style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def renamed(report: Report, name: str) -> Report:
    return replace(report, input=replace(report.input, file=name))


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    values: dict[str, object] = json.loads(found[1])
    return values


def test_the_page_says_the_counts_and_what_was_not_seen(analysed: AnalysedClip) -> None:
    text = Elements(render(analysed.report, MATERIAL)).text
    assert "3 different vehicles were found." in text
    assert "What was not seen" in text
    assert "no proof that nothing was there" in text
    assert "No annotated video was made" in text


def test_a_name_with_markup_is_text_and_nothing_else(analysed: AnalysedClip) -> None:
    page = Elements(render(renamed(analysed.report, HOSTILE), MATERIAL))
    tame = Elements(render(renamed(analysed.report, "tame.mp4"), MATERIAL))
    assert [tag for tag, _ in page.found] == [tag for tag, _ in tame.found]
    assert "{{ 7 * 7 }}" in page.text
    assert data_of(render(renamed(analysed.report, HOSTILE), MATERIAL))["clip"] == {
        "file": HOSTILE, "sha256": analysed.report.input.sha256,
    }  # fmt: skip


@given(st.text() | st.sampled_from(["</script", "<!--", "\u2028", "]]>", "&lt;"]))
def test_embedded_json_stays_inside_its_element_and_means_the_same(text: str) -> None:
    embedded = str(embedded_json({text: [text]}))
    assert not set("<>&\u2028\u2029") & set(embedded)
    assert json.loads(embedded) == {text: [text]}


def test_nothing_is_fetched_from_outside(analysed: AnalysedClip) -> None:
    page = render(analysed.report, replace(MATERIAL, video_start_s=0.0))
    elements = Elements(page)
    links = [value for _, attributes in elements.found for name, value in attributes.items() if name in ("src", "href")]
    assert sorted(filter(None, links)) == ["#findings", "annotated.mp4"]
    [policy] = [a["content"] for _, a in elements.found if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not any(name in ("style", "onclick", "onload") for _, a in elements.found for name in a), (
        "the policy bars them"
    )


def test_equal_reports_give_equal_pages(analysed: AnalysedClip) -> None:
    assert render(analysed.report, MATERIAL) == render(analysed.report, MATERIAL)


def test_no_vehicle_at_all(analysed: AnalysedClip) -> None:
    report = analysed.report
    nothing = replace(report.counts.distinct, low=0, best=0, high=0)
    none = replace(report.counts.most_at_once, vehicles=0, frame=None, time_s=None)
    counts = replace(report.counts, distinct=nothing, most_at_once=none, by_class={}, by_group={})
    empty = replace(report, counts=counts, tracks=(), convoys=(), events=())
    text = Elements(render(empty, replace(MATERIAL, vehicles=(0,), pictures={}))).text
    assert "No vehicle was found." in text
    assert "Smoke: none flagged." in text


def test_a_report_without_a_single_shot(analysed: AnalysedClip) -> None:
    empty = replace(analysed.report, shots=(), tracks=(), convoys=(), events=())
    assert "What was not seen" in render(empty, replace(MATERIAL, vehicles=(0,), pictures={}))


def test_the_material_of_a_page_can_be_read_back(analysed: AnalysedClip, tmp_path: Path) -> None:
    write_page(renamed(analysed.report, HOSTILE), MATERIAL, tmp_path / "report.html")
    assert read_material(tmp_path / "report.html") == MATERIAL


@pytest.mark.parametrize(
    "text", ["", "<p>", '<script type="application/json" id="data">{"material":{}}</script>', "\ud800"]
)
def test_a_damaged_page_is_named_with_the_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.html").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(PageError, match=r"report\.html.*--overwrite"):
        read_material(tmp_path / "report.html")


def test_a_page_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="No such file"):
        read_material(tmp_path / "report.html")


@pytest.mark.parametrize("name", ["a" * 246 + ".mp4", "🚚🔥.mp4", "two\nlines.mp4", "\"'`<i>&amp;.mp4"])
def test_any_name_of_a_clip_is_text_and_comes_back_whole(name: str) -> None:
    page = render(report(name), Material((), (), None, {}))
    as_shown = name.replace("\n", "\N{REPLACEMENT CHARACTER}")
    assert f"<title>{escape(as_shown)} " in page
    data = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert [json.loads(text)["clip"]["file"] for text in data] == [name]
