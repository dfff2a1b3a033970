"""A clip of two shots, what an undisturbed run makes of it, and ways to disturb one."""

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from detector import analysis
from tests.broken_off.outputs import FRAMES, Apart, contents, run
from tests.fakes import FIRE_RED, SquareFinder, ground, noisy, square_networks, with_squares, write_pictures


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    images = [with_squares(ground(1), [(20 + frame, 20), (100 + frame, 60)]) for frame in range(FRAMES // 2)]
    images += [with_squares(ground(7), [(220, 90)], FIRE_RED, side=20 + frame % 3) for frame in range(FRAMES // 2)]
    return write_pictures(
        tmp_path_factory.mktemp("clip") / "clip.mp4", [noisy(image, seed) for seed, image in enumerate(images)]
    )


@pytest.fixture(autouse=True)
def fake_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis.Networks, "load", staticmethod(lambda *_: square_networks()))


@pytest.fixture(scope="session")
def run_apart() -> Iterator[Apart]:
    """Runs commands in children of another process, which may be killed or starved; see `quick_command`."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.quick_command"], cwd=Path(__file__).parents[2], text=True, bufsize=1,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def run_them(*commands: list[object]) -> list[int]:
            codes = []
            for command in commands:
                stdin.write(shlex.join(map(str, command)) + "\n")
                codes.append(int(stdout.readline()))
            return codes

        yield run_them


@pytest.fixture(scope="session")
def whole(clip: Path) -> dict[str, bytes]:
    """What a run that nobody disturbs puts out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.Networks, "load", staticmethod(lambda *_: square_networks()))
        assert run(clip).exit_code == 0
    return contents(clip.parent / "clip.detect")


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every picture a network looks at."""
    looked: list[int] = []
    patient = SquareFinder.detect

    def counting(self: SquareFinder, images, **how):  # type: ignore[no-untyped-def]
        looked.append(1)
        return patient(self, images, **how)

    monkeypatch.setattr(SquareFinder, "detect", counting)
    return looked


@pytest.fixture
def at_look(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], object]], None]:
    """Does something when a network is to look for the n-th time."""

    def arrange(time: int, act: Callable[[], object]) -> None:
        patient, looked = SquareFinder.detect, iter(range(1, 10_000))

        def meddling(self: SquareFinder, images, **how):  # type: ignore[no-untyped-def]
            if next(looked) == time:
                act()
            return patient(self, images, **how)

        monkeypatch.setattr(SquareFinder, "detect", meddling)

    return arrange
