"""The system's Chromium for the tests: found, started, and what it asked for and complained about."""

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


class Chromium(Chrome):
    """Selenium's driver, with the words that the tests use for both browsers."""

    def asked_for(self) -> list[str]:
        """Addresses asked for since the last call, whether or not they were let through."""
        messages = [json.loads(entry["message"])["message"] for entry in self.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What stands in the console since the last call."""
        return [entry["message"] for entry in self.get_log("browser")]

    def download_into(self, folder: Path) -> None:
        self.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)})

    def narrow(self, width_px: int | None) -> None:
        """The page as on a phone of this width; None for that of the window."""
        if width_px is None:
            self.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            return
        phone = {"width": width_px, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)


@contextmanager
def chromium(folder: Path) -> Iterator[Chromium]:
    """A fresh Chromium whose downloads land in `folder`."""
    options = Options()
    options.binary_location = CHROMIUM or ""
    for switch in (*SWITCHES, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(switch)
    options.add_experimental_option("prefs", {"download.default_directory": str(folder)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chromium(options=options, service=Service(DRIVER))
    try:
        driver.get("about:blank")
        driver.asked_for()  # what the start page of the browser itself wanted
        yield driver
    finally:
        driver.quit()
