"""HOTA, DetA, AssA, IDF1, MOTA and identity switches of an answer against the truth, by `trackers.eval`.

Detections that lie on ignored truth are taken out first, as MOTChallenge does. `trackers.eval` comes with `pip install
trackers`; that it agrees with `trackeval` is checked in tests/benchmarks.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.tracking_truth import Answer, Sequence
from detector.assignment import assign
from detector.boxes import overlap, to_centres

MEASURES = ("HOTA", "AssA", "DetA", "IDF1", "MOTA", "IDSW")
SAME_OBJECT = 0.5  # intersection over union, as MOTChallenge has it


def in_frames(sequence: Sequence, answer: Answer) -> dict[str, list[NDArray[Any]]]:
    """Truth and answer as the measures want them: identities from 0 up and the boxes' overlap, frame by frame."""
    answer = without_ignored(sequence, answer)
    ids: dict[str, list[NDArray[Any]]] = {"truth": [], "answer": [], "overlap": []}
    boxes: dict[str, NDArray[np.float64]] = {}
    for name, side in (("truth", sequence.truth), ("answer", answer)):
        numbers = {identity: n for n, identity in enumerate(sorted({i for rows in side.values() for i, _ in rows}))}
        ids[name] = [
            np.array([numbers[identity] for identity, _ in side.get(frame, [])], int) for frame in sequence.frames
        ]
    for frame in sequence.frames:
        for name, side in (("truth", sequence.truth), ("answer", answer)):
            rows = np.array([box for _, box in side.get(frame, [])], np.float64).reshape(-1, 4)
            boxes[name] = to_centres(rows)
        ids["overlap"].append(overlap(boxes["truth"], boxes["answer"], 0.0))
    return ids


def without_ignored(sequence: Sequence, answer: Answer) -> Answer:
    """The answer without the boxes that are paired with ignored truth rather than with truth that counts."""
    kept = dict(answer)
    for frame in sequence.ignored.keys() & answer.keys():
        counted = [box for _, box in sequence.truth.get(frame, [])]
        every = to_centres(np.array([*counted, *(box for _, box in sequence.ignored[frame])]).reshape(-1, 4))
        given = to_centres(np.array([box for _, box in answer[frame]]).reshape(-1, 4))
        truth, found = assign(overlap(every, given, 0.0), SAME_OBJECT)
        dropped = set(found[truth >= len(counted)].tolist())
        kept[frame] = [row for index, row in enumerate(answer[frame]) if index not in dropped]
    return kept


def measure(sequence: Sequence, answer: Answer) -> dict[str, dict[str, Any]]:
    """The measures of one sequence, with what is needed to sum them over sequences."""
    from trackers import eval as measures

    ids = in_frames(sequence, answer)
    given = (ids["truth"], ids["answer"], ids["overlap"])
    return {
        "HOTA": measures.compute_hota_metrics(*given),
        "CLEAR": measures.compute_clear_metrics(*given),
        "Identity": measures.compute_identity_metrics(*given),
    }


def summed(parts: list[dict[str, dict[str, Any]]]) -> dict[str, float]:
    """Over several sequences, in percent; IDSW is a number of switches."""
    from trackers.eval.clear import aggregate_clear_metrics
    from trackers.eval.hota import aggregate_hota_metrics
    from trackers.eval.identity import aggregate_identity_metrics

    whole: dict[str, Any] = {
        **aggregate_clear_metrics([part["CLEAR"] for part in parts]),
        **aggregate_identity_metrics([part["Identity"] for part in parts]),
        **aggregate_hota_metrics([part["HOTA"] for part in parts]),
    }
    return {name: round(float(whole[name]) * (1 if name == "IDSW" else 100), 2) for name in MEASURES}
