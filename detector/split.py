"""One long clip over several processes, with the report that one would give.

Each process looks at a part of the clip and keeps what the networks answered, by the pictures asked about. Then comes
the one pass that there is without this too: it decodes, finds shots, follows the camera and tracks, and finds that most
of its questions have been answered. What was not, it looks at itself; so nothing that goes wrong in a part, or is seen
otherwise there, can change the report.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from detector.analysis import Networks, OnProgress, analyze
from detector.batch.clip_task import NetworksNamed
from detector.batch.jobs import cores, jobs_for, memory_available_bytes, threads_each
from detector.batch.workers import Lost, run_tasks
from detector.known_answers import KnowingNetwork, KnownAnswers
from detector.mot_file import SavedDetections
from detector.one_clip import Request, Say
from detector.stretches import Stretch, stretches

TELL_EVERY = 10  # frames


@dataclass(frozen=True)
class Part:
    """A stretch of a clip to be looked at, by what networks, and the file to keep their answers in."""

    clip: Path
    stretch: Stretch
    networks: NetworksNamed
    request: Request
    answers: Path


Do = Callable[[Part, Callable[[int], None]], str]


def look_at_part(part: Part, tell: Callable[[int], None], networks: Networks | None = None) -> str:
    """Look at a part and keep the answers; what went wrong, in words, or nothing.

    Args:
        part: what to look at.
        tell: is given the frames done so far.
        networks: in place of those named.
    """
    named, asked = part.networks, part.request
    if networks is None:
        if named.threads is not None:
            cv2.setNumThreads(named.threads)
        networks = Networks.load(named.device, named.model, named.threads, named.precision)
    with KnownAnswers(part.answers) as answers:
        try:
            analyze(
                part.clip,
                classes=asked.classes,
                threshold=asked.threshold,
                confidence=asked.confidence,
                size=asked.size,
                every=asked.every,
                from_s=part.stretch[0],
                to_s=part.stretch[1],
                limits=asked.limits,
                sandbox=asked.sandbox,
                networks=knowing(networks, [], answers),
                on_progress=lambda done, expected: tell(done) if done % TELL_EVERY == 0 else None,
            )
        except Exception as error:  # the pass over the whole clip meets it too, and says it better
            return str(error) or type(error).__name__
    return ""


@contextmanager
def looked_at_in_parts(
    clip: Path,
    networks: Networks,
    tell: OnProgress,
    *,
    named: NetworksNamed,
    request: Request,
    jobs: int | None,
    say: Say,
    do: Do = look_at_part,
) -> Iterator[Networks]:
    """Look at the parts of a clip side by side; gives networks that know the answers, as long as the context lasts.

    Args:
        clip: to be looked at.
        networks: for the pass over the whole clip.
        tell: is given the frames done, and may raise KeyboardInterrupt to break off.
        named: the same networks, to be opened in other processes.
        request: what was asked for.
        jobs: how many processes; None for as many as cores and memory allow.
        say: is told, in words, what could not be divided.
        do: looks at one part in another process.

    Raises:
        ClipError: the clip cannot be read at all.
        KeyboardInterrupt: as `tell` raised it.
    """
    on_gpu = networks.smoke_fire.device.used != "cpu"
    most = jobs or jobs_for(cores(), on_gpu, memory_available_bytes())
    found = [(request.from_s, request.to_s)]
    if most > 1:
        found = stretches(
            clip, most, request.from_s, request.to_s, request.limits, request.sandbox, lambda: tell(0, None)
        )
    if len(found) == 1:
        say("no cut to divide the clip at, so one process looks" if most > 1 else "one process looks at the clip")
        yield networks
        return
    each = NetworksNamed(named.device, named.model, named.threads or threads_each(len(found)), named.precision)
    with TemporaryDirectory(prefix="detect-") as place, ExitStack() as open_files:
        parts = [Part(clip, stretch, each, request, Path(place) / str(n)) for n, stretch in enumerate(found)]
        _look(parts, do, tell, say)
        answers = [open_files.enter_context(KnownAnswers(part.answers)) for part in parts]
        yield knowing(networks, answers, None)


def _look(parts: list[Part], do: Do, tell: OnProgress, say: Say) -> None:
    frames = dict.fromkeys(parts, 0)

    def told(part: Part, done: int) -> None:
        frames[part] = done
        tell(sum(frames.values()), None)

    for part, wrong in run_tasks(do, iter(parts), len(parts), told, threading.Event()):
        if wrong != "":
            why = f"its process ended with {wrong.exit_code}" if isinstance(wrong, Lost) else wrong
            say(f"part {1 + parts.index(part)} of {len(parts)} is looked at again: {why}")


def knowing(networks: Networks, known: list[KnownAnswers], keep: KnownAnswers | None) -> Networks:
    """Networks that take known answers, and keep new ones if there is where to."""
    vehicles, smoke_fire = networks.vehicles, networks.smoke_fire
    assert not isinstance(vehicles, SavedDetections)  # they look at nothing; the command refuses them
    return Networks(KnowingNetwork(vehicles, known, keep), KnowingNetwork(smoke_fire, known, keep))
