"""The system's Chromium for the tests, with no way out: found, started, and what it asked for and complained about."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--window-size=1280,1000",
)


@contextmanager
def browser(folder: Path) -> Iterator[Chrome]:
    """A fresh Chromium whose downloads land in `folder`."""
    options = Options()
    options.binary_location = CHROMIUM or ""
    for switch in (*SWITCHES, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(switch)
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=Service(DRIVER))
    try:
        chrome.get("about:blank")
        asked_for(chrome)  # what the start page of the browser itself wanted
        yield chrome
    finally:
        chrome.quit()


def asked_for(chrome: Chrome) -> list[str]:
    """Addresses asked for since the last call, whether or not they were let through."""
    messages = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    return [
        message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"
    ]


def complaints(chrome: Chrome) -> list[str]:
    """What stands in the console since the last call."""
    return [entry["message"] for entry in chrome.get_log("browser")]
