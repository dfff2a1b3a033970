"""report.html in the system's Chromium, opened from disk as an editor would; with TEST_FIREFOX=1 in Firefox too."""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detector.event_records import Event
from detector.outputs.annotated_video import write_annotated_video
from detector.outputs.apply_review import apply_review
from detector.outputs.html.material import Material, gather
from detector.outputs.html.page import write_page
from detector.report import Report, write_report
from tests.conftest import AnalysedClip

pytest.importorskip("selenium")

from selenium.webdriver import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from tests.outputs.html.chromium import CHROMIUM, DRIVER, Chromium, chromium
from tests.outputs.html.firefox import FIREFOX, Firefox, firefox

Browser = Chromium | Firefox
without_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no chromium and chromedriver here; install them to test the page"
)
without_firefox = pytest.mark.skipif(
    not (FIREFOX and os.environ.get("TEST_FIREFOX")), reason="install firefox and set TEST_FIREFOX=1 to test in it too"
)
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u2028.mp4"


@pytest.fixture(scope="module")
def folder(analysed: AnalysedClip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of a clip with a hostile name, video included."""
    place = tmp_path_factory.mktemp("clip.detect")
    report = replace(analysed.report, input=replace(analysed.report.input, file=HOSTILE))
    video = place / "annotated.mp4"
    write_annotated_video(analysed.report, analysed.records, analysed.clip, video)
    write_page(report, gather(report, analysed.records, analysed.clip, video), place / "report.html")
    write_report(report, place / "report.json")
    return place


@pytest.fixture(
    scope="module",
    params=[pytest.param(chromium, marks=without_chromium), pytest.param(firefox, marks=without_firefox)],
    ids=["chromium", "firefox"],
)
def browser(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with request.param(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Browser]:
    """The page, freshly opened, with nothing judged; quiet in the console, and nothing asked of anybody."""
    opened(browser, folder / "report.html")
    browser.execute_script("localStorage.clear()")
    opened(browser, folder / "report.html")
    assert "None judged" in text(browser, "judged"), "a test before this one left its verdicts behind"
    yield browser
    assert browser.complaints() == []
    assert {url.partition(":")[0] for url in browser.asked_for()} <= {"file", "data", "blob"}


def opened(browser: Browser, path: Path) -> None:
    """By way of an empty page, so that nothing of the page before can be taken for the new one."""
    browser.get("about:blank")
    browser.get(path.as_uri())


def until(met: Callable[[], Any]) -> Any:
    """Wait for something the browser does in its own time."""
    end = time.monotonic() + 20
    while not (found := met()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


def until_the_video_is_there(page: Browser) -> None:
    """Firefox plays H.264 with the system's own decoder, which may not be installed."""
    if not page.execute_script("return document.createElement('video').canPlayType('video/mp4; codecs=avc1.64001f')"):
        pytest.skip("this browser has no H.264 here; for Firefox install libavcodec")
    until(lambda: page.execute_script("return document.getElementById('video').readyState") >= 1)


def cards(browser: Browser) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, ".card")


def card(browser: Browser, name: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, f'[data-name="{name}"]')


def shown_second(browser: Browser) -> float:
    return float(browser.execute_script("return document.getElementById('video').currentTime"))


def text(browser: Browser, name: str) -> str:
    return browser.find_element(By.ID, name).text


def test_it_opens_with_the_counts_and_a_card_for_every_finding(page: Browser) -> None:
    assert text(page, "headline") == "3 different vehicles were found."
    assert [found.get_attribute("data-name") for found in cards(page)] == [
        "event 0", "convoy 0", "track 1", "track 2", "track 3",
    ]  # fmt: skip
    sizes = page.execute_script("return [...document.querySelectorAll('.card img')].map((image) => image.naturalWidth)")
    assert len(sizes) == 5
    assert min(sizes) > 0, "every picture can be shown"


def test_a_hostile_name_is_text(page: Browser) -> None:
    assert page.title != "owned"
    assert page.find_element(By.TAG_NAME, "h1").text == HOSTILE.replace("\u2028", "\N{REPLACEMENT CHARACTER}")


def test_the_policy_bars_what_does_not_belong_to_the_page(browser: Browser, folder: Path) -> None:
    opened(browser, folder / "report.html")
    browser.execute_script("""
        const script = document.createElement("script");
        script.textContent = "window.owned = true";
        const image = new Image();
        image.src = "http://127.0.0.1:9/owned.png";
        document.body.append(script, image);
    """)
    barred = until(lambda: [line for line in browser.complaints() if re.search("Content.Security.Policy", line)])
    assert len(barred) == 2
    assert not browser.execute_script("return window.owned")
    browser.asked_for()


def test_the_video_plays(page: Browser) -> None:
    until_the_video_is_there(page)
    page.execute_script("const video = document.getElementById('video'); video.muted = true; video.play()")
    until(lambda: shown_second(page) > 0.3)
    assert not page.find_element(By.ID, "no-video").is_displayed()


def test_a_click_on_the_timeline_seeks(page: Browser) -> None:
    until_the_video_is_there(page)
    slider = page.find_element(By.ID, "slider")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", slider)
    slider.click()  # in the middle
    until(lambda: abs(shown_second(page) - 0.98) < 0.05)
    assert "3 vehicles" in text(page, "now")
    assert slider.get_attribute("aria-valuetext") == text(page, "now")


def test_the_timeline_has_keys(page: Browser) -> None:
    until_the_video_is_there(page)
    slider = page.find_element(By.ID, "slider")
    for key, second in ((Keys.END, 1.96), (Keys.ARROW_LEFT, 0.96), (Keys.HOME, 0.0), (Keys.PAGE_UP, 1.96)):
        slider.send_keys(key)
        assert float(slider.get_attribute("aria-valuenow") or -1) == pytest.approx(second, abs=0.02)


def test_the_time_on_a_card_seeks(page: Browser) -> None:
    until_the_video_is_there(page)
    card(page, "event 0").find_element(By.CSS_SELECTOR, ".time").click()
    until(lambda: shown_second(page) > 0.9)


@pytest.mark.parametrize(
    ("choice", "value", "count"),
    [("of", "track", 3), ("of", "event", 1), ("kind", "is truck", 3), ("judged", "open", 5)],
)
def test_filters(page: Browser, choice: str, value: str, count: int) -> None:
    Select(page.find_element(By.NAME, choice)).select_by_value(value)
    until(lambda: len(cards(page)) == count)


def test_verdicts_by_mouse_and_by_key_are_saved(
    page: Browser, analysed: AnalysedClip, folder: Path, tmp_path: Path
) -> None:
    card(page, "track 1").find_element(By.CSS_SELECTOR, "[data-verdict=confirmed]").click()
    card(page, "event 0").send_keys("r")
    page.switch_to.active_element.send_keys("j")
    assert page.switch_to.active_element.get_attribute("data-name") == "convoy 0"
    page.switch_to.active_element.send_keys("c")
    page.switch_to.active_element.send_keys("u")
    Select(card(page, "track 2").find_element(By.TAG_NAME, "select")).select_by_value("tank")
    until(lambda: "3 of 5 judged" in text(page, "judged"))
    page.download_into(tmp_path)
    page.find_element(By.ID, "save").click()
    review = tmp_path / "review.json"
    until(lambda: review.is_file() and review.stat().st_size)  # Firefox begins with an empty one
    document = json.loads(review.read_text())
    assert sorted(document["verdicts"], key=str) == sorted(
        [
            {"of": "track", "id": 1, "verdict": "confirmed"},
            {"of": "event", "id": 0, "verdict": "rejected"},
            {"of": "track", "id": 2, "verdict": "relabelled", "label": "tank"},
        ],
        key=str,
    )
    judged = Path(shutil.copytree(folder, tmp_path / "judged"))  # the next browser is to find nothing judged
    assert apply_review(review, judged) == 3, "what the page saves is what the command takes"
    page.execute_script("localStorage.clear()")
    opened(page, judged / "report.html")
    assert "1 confirmed, 1 rejected, 1 relabelled" in text(page, "reviewed")
    assert "A person: it is tank" in card(page, "track 2").text
    assert "3 different vehicles were found." in text(page, "headline"), "the machine's count stays"


def test_verdicts_outlast_the_page(page: Browser, folder: Path) -> None:
    card(page, "track 3").find_element(By.CSS_SELECTOR, "[data-verdict=rejected]").click()
    opened(page, folder / "report.html")
    assert "A person: rejected" in card(page, "track 3").text
    Select(page.find_element(By.NAME, "judged")).select_by_value("rejected")
    assert card(page, "track 3") in cards(page)


def test_what_is_kept_by_another_hand_cannot_break_the_page(page: Browser, folder: Path) -> None:
    kept = [{"of": "track", "id": 1, "verdict": "<b>"}, {"of": "track", "id": 99, "verdict": "confirmed"}]
    card(page, "track 3").find_element(By.CSS_SELECTOR, "[data-verdict=rejected]").click()
    page.execute_script("localStorage.setItem(localStorage.key(0), arguments[0])", json.dumps(kept))
    opened(page, folder / "report.html")
    assert "None judged" in text(page, "judged")


def test_a_video_that_was_moved_is_said_to_be_missing(browser: Browser, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_bytes((folder / "report.html").read_bytes())
    opened(browser, tmp_path / "report.html")
    until(lambda: "not beside this page" in text(browser, "no-video"))
    assert not browser.find_element(By.ID, "video").is_displayed()
    browser.find_element(By.ID, "slider").send_keys(Keys.END)
    assert "0:02.0" in text(browser, "now"), "the timeline works without it"
    browser.complaints()  # that the file is not there, and no more
    browser.asked_for()


def test_a_phone_has_no_sideways_scrolling(page: Browser, folder: Path) -> None:
    page.narrow(390)
    opened(page, folder / "report.html")
    assert page.execute_script("return window.innerWidth") == 390
    over = page.execute_script("const page = document.documentElement; return page.scrollWidth - page.clientWidth")
    assert over == 0
    page.narrow(None)


def test_a_file_that_ends_too_early_shows_it_at_the_end_of_the_timeline(
    browser: Browser, analysed: AnalysedClip, tmp_path: Path
) -> None:
    write_page(analysed.report, Material((3,), ((1.96, 1.96),), None, {}), tmp_path / "report.html")
    opened(browser, tmp_path / "report.html")
    gap, slider = (browser.find_element(By.CSS_SELECTOR, name).rect for name in (".gap", "#slider"))
    assert gap["width"] > 1
    assert slider["x"] < gap["x"] < gap["x"] + gap["width"] < slider["x"] + slider["width"] + 2


def test_three_thousand_tracks_are_built_as_they_are_needed(
    browser: Browser, analysed: AnalysedClip, tmp_path: Path
) -> None:
    write_page(many_tracks(analysed.report), Material((9,) * 1000, (), None, {}), tmp_path / "report.html")
    opened(browser, tmp_path / "report.html")
    assert "3001 findings" in text(browser, "shown").replace(",", "")
    assert len(cards(browser)) < 200
    browser.execute_script("document.getElementById('more').scrollIntoView()")
    until(lambda: len(cards(browser)) > 40)
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert len(cards(browser)) == 3001, "on paper everything stands"
    assert browser.complaints() == []


def many_tracks(report: Report) -> Report:
    tracks = tuple(replace(report.tracks[0], id=number) for number in range(1, 3001))
    smoke = Event("smoke", 0, 9, 5, 0.0, 0.4, 0.2, 0.8, 0.7, None, 0)
    return replace(report, tracks=tracks, convoys=(), events=(smoke,))


def test_no_vehicle_at_all(browser: Browser, analysed: AnalysedClip, tmp_path: Path) -> None:
    nothing = replace(analysed.report, tracks=(), convoys=(), events=(), shots=())
    write_page(nothing, Material((0,), (), None, {}), tmp_path / "report.html")
    opened(browser, tmp_path / "report.html")
    assert re.match("0 findings", text(browser, "shown"))
    assert browser.complaints() == []
