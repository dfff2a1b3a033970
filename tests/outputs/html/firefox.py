"""The system's Firefox for the tests: started, and what Chromium's driver does by commands of its own."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Remote
from selenium.webdriver.firefox.options import Options

from tests.outputs.html.marionette import Marionette, port_of

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES = {
    "marionette.port": 0,
    "app.update.enabled": False,
    "browser.download.folderList": 2,
    "browser.download.alwaysOpenPanel": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.autoplay.default": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
WATCH = """
    window.asked = [];
    const watcher = {observe(channel) {
        const from = channel.QueryInterface(Ci.nsIChannel).loadInfo.browsingContext;
        if (from?.isContent) window.asked.push(channel.URI.spec);
    }};
    Services.obs.addObserver(watcher, "http-on-opening-request");
"""
COMPLAINTS = """
    const found = Services.console.getMessageArray().filter((message) => message instanceof Ci.nsIScriptError
        && (message.category.startsWith("content") || message.category.startsWith("CSP")));
    Services.console.reset();
    return found.map((message) => message.errorMessage);
"""


class Firefox(Remote):
    """Selenium's driver, over Marionette."""

    def __init__(self, marionette: Marionette) -> None:
        self.marionette = marionette
        super().__init__(command_executor=marionette, options=Options())  # type: ignore[arg-type]

    def in_browser(self, script: str, *arguments: Any) -> Any:
        """Run a script with the rights of the browser itself."""
        self.marionette.send("Marionette:SetContext", {"value": "chrome"})
        try:
            parameters = {"script": script, "args": list(arguments), "sandbox": "system"}
            return self.marionette.send("WebDriver:ExecuteScript", parameters)["value"]
        finally:
            self.marionette.send("Marionette:SetContext", {"value": "content"})

    def asked_for(self) -> list[str]:
        found: list[str] = self.in_browser("const found = window.asked; window.asked = []; return found")
        return found

    def complaints(self) -> list[str]:
        found: list[str] = self.in_browser(COMPLAINTS)
        return found

    def download_into(self, folder: Path) -> None:
        self.in_browser("Services.prefs.setStringPref('browser.download.dir', arguments[0])", str(folder))

    def narrow(self, width_px: int | None) -> None:
        """The page as wide as that of a phone; None for that of the window."""
        width = "" if width_px is None else f"{width_px}px"
        self.in_browser("gBrowser.selectedBrowser.style.maxWidth = arguments[0]", width)


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """A fresh Firefox whose downloads land in `folder`."""
    profile = folder / "profile"
    profile.mkdir()
    lines = [f'user_pref("{name}", {_javascript(value)});' for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    switches = ("--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile)
    started = subprocess.Popen([FIREFOX or "", *switches], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        driver = Firefox(Marionette(_port(profile)))
        driver.set_window_size(1280, 1000)
        driver.download_into(folder)
        driver.in_browser(WATCH)
        driver.complaints()
        yield driver
        driver.marionette.send("Marionette:Quit", {"flags": ["eForceQuit"]})
        driver.marionette.close()
    finally:
        started.kill()
        started.wait()


def _port(profile: Path) -> int:
    end = time.monotonic() + 60
    while (port := port_of(profile)) is None:
        assert time.monotonic() < end, "Firefox did not start"
        time.sleep(0.1)
    return port


def _javascript(value: int | bool | str) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
