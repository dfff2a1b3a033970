import signal
import threading
from collections.abc import Iterator

import pytest

from detector.interruption import Interruption


@pytest.fixture(autouse=True)
def usual_handler() -> Iterator[None]:
    """What Python begins with, also where whoever began this process ignores the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def test_once_waits_until_it_is_good_to_stop() -> None:
    with Interruption() as interruption:
        interruption.check()
        press_ctrl_c()
        with pytest.raises(KeyboardInterrupt):
            interruption.check()
        interruption.check()


def test_twice_does_not_wait() -> None:
    with Interruption():
        press_ctrl_c()
        with pytest.raises(KeyboardInterrupt):
            press_ctrl_c()


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_in_another_thread_nothing_is_changed() -> None:
    def enter() -> None:
        with Interruption() as interruption:
            interruption.check()
            handlers.append(signal.getsignal(signal.SIGINT))

    handlers: list[object] = []
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


def test_other_signals_that_mean_the_same_are_taken_over_too() -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGTERM)
            with pytest.raises(KeyboardInterrupt):
                interruption.check()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption() as interruption:
        press_ctrl_c()
        interruption.check()
