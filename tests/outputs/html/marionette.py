"""Firefox for the tests without geckodriver, which Debian does not package: Selenium's commands sent as Marionette's.

Marionette, Firefox's own remote control, has a command for each of WebDriver's (geckodriver itself translates one into
the other). A message is its length, a colon and a JSON list: type, number, name or error, parameters or result.
"""

import json
import socket
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.errorhandler import ErrorHandler

NAMES = {
    Command.NEW_SESSION: "NewSession",
    Command.GET: "Navigate",
    Command.GET_TITLE: "GetTitle",
    Command.W3C_EXECUTE_SCRIPT: "ExecuteScript",
    Command.FIND_ELEMENT: "FindElement",
    Command.FIND_ELEMENTS: "FindElements",
    Command.FIND_CHILD_ELEMENT: "FindElement",
    Command.FIND_CHILD_ELEMENTS: "FindElements",
    Command.W3C_GET_ACTIVE_ELEMENT: "GetActiveElement",
    Command.CLICK_ELEMENT: "ElementClick",
    Command.SEND_KEYS_TO_ELEMENT: "ElementSendKeys",
    Command.GET_ELEMENT_ATTRIBUTE: "GetElementAttribute",
    Command.GET_ELEMENT_TEXT: "GetElementText",
    Command.GET_ELEMENT_TAG_NAME: "GetElementTagName",
    Command.GET_ELEMENT_RECT: "GetElementRect",
    Command.IS_ELEMENT_ENABLED: "IsElementEnabled",
    Command.IS_ELEMENT_SELECTED: "IsElementSelected",
    Command.SET_WINDOW_RECT: "SetWindowRect",
    Command.SCREENSHOT: "TakeScreenshot",
}


class Marionette:
    """What Selenium's `Remote` driver takes as its command executor."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._replies = self._socket.makefile("rb")
        self._number = 0
        self._receive()  # it introduces itself

    def execute(self, command: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Run a command of WebDriver; errors come back as WebDriver's own."""
        if command == Command.QUIT:
            return {"value": self.send("Marionette:Quit", {"flags": ["eForceQuit"]})}
        if command == Command.NEW_SESSION:
            found = self.send("WebDriver:NewSession", parameters["capabilities"].get("alwaysMatch", {}))
            return {"value": found}
        if command.startswith("findChild"):
            parameters = {**parameters, "element": parameters["id"]}
        found = self.send(f"WebDriver:{NAMES[command]}", parameters)
        return found if isinstance(found, dict) and "value" in found else {"value": found}

    def send(self, name: str, parameters: dict[str, Any]) -> Any:
        """Run a command of Marionette."""
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(f"{len(message)}:".encode() + message)
        _, _, error, result = self._receive()
        if error:
            ErrorHandler().check_response({"status": 500, "value": json.dumps({"value": error})})
            raise WebDriverException(str(error))
        return result

    def close(self) -> None:
        """Hang up."""
        self._replies.close()
        self._socket.close()

    def _receive(self) -> Any:
        length = b""
        while (letter := self._replies.read(1)) != b":":
            if not letter:
                raise WebDriverException("Firefox is gone")
            length += letter
        return json.loads(self._replies.read(int(length)))


def port_of(profile: Path) -> int | None:
    """Where the Firefox of this profile listens; None before it does."""
    found = profile / "MarionetteActivePort"
    text = found.read_text() if found.is_file() else ""
    return int(text) if text else None
