"""Ctrl-C: once, and what is being done is finished to the next frame; twice, and it stops at once."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interruption:
    """A context manager within which the first Ctrl-C only asks, and each further one raises KeyboardInterrupt.

    It takes over whatever signals raise KeyboardInterrupt outside it. They reach the main thread only: in another one
    nothing is taken over.
    """

    def __init__(self) -> None:
        self._asked = False
        self._heard = False
        self._taken_over: list[signal.Signals] = []

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is signal.default_int_handler:
                    signal.signal(number, self._on_signal)
                    self._taken_over.append(number)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in self._taken_over:
            signal.signal(number, signal.default_int_handler)

    def check(self) -> None:
        """To be called where it is good to stop, such as between two frames.

        Raises:
            KeyboardInterrupt: the user has asked since this was last called.
        """
        if self._asked and not self._heard:
            self._heard = True
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            self._heard = True
            raise KeyboardInterrupt
        self._asked = True
