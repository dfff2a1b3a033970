"""index.html as text, and in the system's Chromium, opened from disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from detector.outputs.html.index import in_all, render_index, report_link, write_index
from tests.clip_rows import failed, figures, row, thumbnail

if TYPE_CHECKING:
    from tests.outputs.html.chromium import Chromium

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u2028.mp4"
ROWS = [
    row("clips/two.mp4", folder="two.detect", thumbnail=thumbnail(1)),
    row("clips/10.mp4", folder="10 %#?.detect", figures=figures(distinct_best=10, convoys=1, smoke_s=75.0)),
    failed("clips/bad.mp4", "is no video"),
    row("clips/9.mp4", exit_code=1, reason="counts rest on 62 % of the pictures", figures=figures(share_read=0.62)),
    row(HOSTILE, figures=figures(distinct_low=0, distinct_best=0, distinct_high=0), same_as="clips/<b>.mp4"),
]


def test_a_link_leads_to_the_report_whatever_the_folder_is_called() -> None:
    assert report_link("10 %#?.detect") == "./10%20%25%23%3F.detect/report.html"
    assert report_link("javascript:alert(1)") == "./javascript%3Aalert%281%29/report.html"
    assert report_link("../clips/caf\udce9.detect") == "./../clips/caf%E9.detect/report.html"


def test_equal_rows_give_equal_pages_and_none_gives_one_too() -> None:
    assert render_index(ROWS) == render_index(ROWS)
    assert "0 clips" in render_index([])


def test_what_came_of_all() -> None:
    assert in_all(ROWS) == "5 clips: 4 analysed (1 of them read in part), 1 failed."


def test_names_are_text() -> None:
    page = render_index(ROWS)
    assert "<script>document.title" not in page
    assert "<img src=x" not in page
    assert "<b>.mp4" not in page


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Chromium]":
    pytest.importorskip("selenium")
    from tests.outputs.html.chromium import CHROMIUM, DRIVER, chromium

    if not (CHROMIUM and DRIVER):
        pytest.skip("no chromium and chromedriver here; install them to test the page")
    with chromium(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def page(chrome: "Chromium", tmp_path: Path) -> "Iterator[Chromium]":
    write_index(ROWS, tmp_path / "index.html")
    (tmp_path / "10 %#?.detect").mkdir()
    (tmp_path / "10 %#?.detect" / "report.html").write_text("<title>the report</title>")
    chrome.get((tmp_path / "index.html").as_uri())
    yield chrome
    assert chrome.complaints() == []
    assert {url.partition(":")[0] for url in chrome.asked_for()} <= {"file", "data"}


def shown(page: Any) -> list[str]:
    """Names of the rows that are shown, in order, as short as they can be told apart."""
    script = """return [...document.querySelectorAll('tbody tr')].filter((row) => row.offsetParent !== null)
        .map((row) => row.dataset.clip)"""
    as_shown = HOSTILE.replace("\u2028", "\N{REPLACEMENT CHARACTER}")
    return [Path(name).stem if name != as_shown else "hostile" for name in page.execute_script(script)]


def choose(page: Any, name: str, value: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(page.find_element("name", name)).select_by_value(value)


def test_it_opens_in_the_order_named_with_pictures_and_nothing_hostile(page: Any) -> None:
    assert shown(page) == ["two", "10", "bad", "9", "hostile"]
    assert page.title == "5 clips – what was found"
    assert page.execute_script("return document.querySelector('img').naturalWidth") == 144
    assert "Failed: is no video" in page.find_element("tag name", "table").text


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(page: Any) -> None:
    head = page.find_element("css selector", "[data-key=vehicles]")
    head.find_element("tag name", "button").click()
    assert shown(page) == ["10", "two", "9", "hostile", "bad"]
    assert head.get_attribute("aria-sort") == "descending"
    head.find_element("tag name", "button").click()
    assert shown(page) == ["hostile", "two", "9", "10", "bad"], "what is not known stays at the end"
    page.find_element("css selector", "[data-key=clip] button").click()
    assert shown(page) == ["hostile", "9", "10", "bad", "two"], "numbers in names are numbers"
    choose(page, "order", "")
    assert shown(page) == ["two", "10", "bad", "9", "hostile"]


@pytest.mark.parametrize(
    ("show", "left"),
    [("vehicles", ["two", "10", "9"]), ("convoys", ["10"]), ("smoke", ["10"]), ("trouble", ["bad", "9"])],
)
def test_rows_of_a_kind(page: Any, show: str, left: list[str]) -> None:
    choose(page, "show", show)
    assert shown(page) == left
    assert f"{len(left)} of 5 clips shown" in page.find_element("id", "shown").text


def test_searching_names(page: Any) -> None:
    page.find_element("name", "name").send_keys("TWO")
    assert shown(page) == ["two"]


def test_a_row_leads_to_its_report(page: Any) -> None:
    page.find_element("link text", "10.mp4").click()
    assert page.title == "the report"


def test_a_phone_has_no_sideways_scrolling(page: Any) -> None:
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    assert page.execute_script("return document.documentElement.scrollWidth") == 390
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
