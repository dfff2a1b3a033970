from detector.detections import Detections
from detector.event_records import Event
from detector.motion import UNKNOWN_MOTION
from detector.observations import Observation, Observations
from detector.report_assembly import event_summaries
from detector.settled_shot import SettledShot, settled
from detector.shot_findings import Looking, ShotFindings
from detector.shot_kinds import ShotKind
from detector.shots import ShotSpan
from detector.track_store import TrackStore

LOOKING = Looking(("tank", "truck"), None, 0.5, 0.8, ("smoke", "fire"), 0.5, {"smoke": 0.5, "fire": 0.5})
STORE = TrackStore()


def shot(index: int, *ranges: tuple[str, int, int], kind: ShotKind = "footage") -> SettledShot:
    """A shot of 100 frames at 25 a second with events from frame to frame, counted from its own start."""
    first = 100 * index
    seen = Observations(
        Observation(frame, frame / 25, Detections.none(), None, UNKNOWN_MOTION, False)
        for frame in range(first, first + 100)
    )
    events = tuple(
        Event(name, first + start, first + end, first + start, (first + start) / 25, (first + end) / 25,
              (first + start) / 25, 0.9, 0.9, None, index)
        for name, start, end in ranges
    )  # fmt: skip
    return settled(ShotFindings(ShotSpan(first, first + 99, kind, ()), seen, (), (), (), events), index, LOOKING, STORE)


def continued(*shots: SettledShot) -> list[int | None]:
    return [event.continues for event in event_summaries(shots)]


def test_an_event_that_lasts_over_a_cut_is_said_to_go_on() -> None:
    assert continued(shot(0, ("smoke", 20, 99)), shot(1, ("smoke", 0, 50))) == [None, 0]


def test_through_a_transition_too() -> None:
    before, after = shot(0, ("fire", 0, 50), ("smoke", 20, 99)), shot(2, ("smoke", 0, 50))
    assert continued(before, shot(1, kind="transition"), after) == [None, None, 1]


def test_another_kind_a_gap_or_a_shot_between_is_another_event() -> None:
    assert continued(shot(0, ("smoke", 20, 99)), shot(1, ("fire", 0, 50))) == [None, None]
    assert continued(shot(0, ("smoke", 20, 60)), shot(1, ("smoke", 0, 50))) == [None, None]
    assert continued(shot(0, ("smoke", 20, 99)), shot(1, ("smoke", 30, 50))) == [None, None]
    assert continued(shot(0, ("smoke", 20, 99)), shot(1), shot(2, ("smoke", 0, 50))) == [None, None]


def test_no_events() -> None:
    assert continued() == continued(shot(0)) == []
