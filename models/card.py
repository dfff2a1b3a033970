"""Write the card of a network, models/<network>/README.md, from what is known of it.

    python -m models.card vehicles

Reads model.json (thresholds, calibration), benchmarks/results/accuracy_<network>.json (figures), release.yaml
(training, data, licence) and failures.md (where it fails, in words). Nothing is measured here.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.results import read_results, write_whole
from models.box_precision import SIZE_NAMES
from models.figures import furthest_apart

MODELS = Path("models")


class CardError(ValueError):
    """The parts of a card do not belong together."""


def write_card(folder: Path) -> None:
    """Write README.md into the network's folder.

    Raises:
        CardError: the figures are of another network than the one in model.json's folder.
    """
    manifest = json.loads((folder.parent / "manifest.json").read_text())["networks"][folder.name]
    figures = read_results(f"accuracy_{folder.name}")
    if figures["network"]["sha256"] != manifest["model.onnx"]:
        raise CardError(
            f"accuracy_{folder.name}.json was measured on another model.onnx than {folder}: run models.evaluate again"
        )
    card = text(
        folder.name,
        json.loads((folder / "model.json").read_text()),
        figures,
        yaml.safe_load((folder / "release.yaml").read_text()),
        (folder / "failures.md").read_text(),
    )
    write_whole(folder / "README.md", card)


def text(
    name: str, document: Mapping[str, Any], figures: Mapping[str, Any], release: Mapping[str, Any], failures: str
) -> str:
    """The whole card.

    Args:
        document: model.json, once models/evaluate.py has written it.
        figures: accuracy_<network>.json.
        release: release.yaml.
        failures: Markdown.
    """
    training = release["training"]
    sections = [
        f"# Network `{name}`",
        _wrapped(f"Finds {', '.join(release['classes'])}. {release['description']} Licence {release['licence']}."),
        "## How well, on val",
        *_accuracy(figures),
        "## Calibration",
        *_calibration(document),
        "## Where it fails",
        failures.strip(),
        "## Training",
        _wrapped(f"{training['how']} {training['time'].capitalize()} on {training['machine']}."),
        f"    {training['script']}",
        "## Data",
        table(["source", "licence as stated"], [[source, said] for source, said in training["data"].items()]),
        "## Licence",
        _wrapped(
            f"{release['licence']}: fine-tuned from ultralytics weights. None of the pictures is in this repository; "
            "their photographers keep their rights."
        ),
    ]
    return "\n\n".join(sections) + "\n"


def _wrapped(words: str, width: int = 120) -> str:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)).replace("| --- ", "|---")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _accuracy(figures: Mapping[str, Any]) -> list[str]:
    results, sha256 = f"accuracy_{figures['network']['name']}.json", figures["network"]["sha256"]
    parts = [
        _wrapped(
            f"Measured with the released ONNX (SHA-256 {sha256[:12]}) through `detector.model`. All figures: "
            f"[{results}](../../benchmarks/results/{results}). Boxes to be ignored are neither hit nor false."
        )
    ]
    parts += _frames(figures["frames"]) if figures.get("frames") else []
    parts += _boxes(figures["sources"], str(figures["network"]["default_size_px"])) if figures["sources"] else []
    parts += [_empty(figures["empty"])] if figures.get("empty") else []
    parts += _confusion(figures["confusion"]) if "confusion" in figures else []
    parts += [_torch(figures["torch"])] if "torch" in figures else []
    return parts


def _boxes(sources: Mapping[str, Any], default_px: str) -> list[str]:
    sizes = list(next(iter(sources.values()))["at_px"])
    default = default_px if default_px in sizes else sizes[0]

    def pair(found: Mapping[str, Any]) -> str:
        return f"{_number(found['ap50'])} / {_number(found['ap50_95'])}"

    overall = [
        [name, str(of["pictures"]), str(of["boxes"]), *(pair(of["at_px"][px]["class_agnostic"]) for px in sizes)]
        for name, of in sources.items()
    ]
    by_size = [
        [
            name,
            *(f"{_number(of['at_px'][default]['by_size'][s]['ap50'])} ({of['boxes_by_size'][s]})" for s in SIZE_NAMES),
            _number(of["at_px"][default]["recall_at_1_false_box_a_picture"]),
        ]
        for name, of in sources.items()
    ]
    return [
        'Class-agnostic ("something is here"), AP50 / AP50-95 by longest side of the input:',
        table(["source", "pictures", "boxes", *(f"{px} px" for px in sizes)], overall),
        _wrapped(
            f"By object size at {default} px, AP50 (and how many boxes), and recall at one false box a picture. The "
            "size is the square root of the box's area, in pixels of the picture scaled to 640 px:"
        ),
        table(["source", *SIZE_NAMES, "recall"], by_size),
        f"By class at {default} px, AP50 / AP50-95 (and how many boxes):",
        _by_class(sources, default),
    ]


def _by_class(sources: Mapping[str, Any], size_px: str) -> str:
    classes = list(dict.fromkeys(name for of in sources.values() for name in of["boxes_by_class"]))
    rows = []
    for name, of in sources.items():
        found = of["at_px"][size_px]
        cells = [
            f"{_number(found['by_class'][c]['ap50'])} / {_number(found['by_class'][c]['ap50_95'])} "
            f"({of['boxes_by_class'][c]})"
            if c in found["by_class"]
            else ""
            for c in classes
        ]
        mean = found["mean_over_classes"]
        rows.append([name, *cells, f"{_number(mean['ap50'])} / {_number(mean['ap50_95'])}"])
    return table(["source", *classes, "mean"], rows)


def _empty(empty: Mapping[str, Any]) -> str:
    rows = [
        [source, f"{size_px} px", f"{at['pictures_with_a_box']} of {of['pictures']}", str(at["boxes"])]
        for source, of in empty.items()
        for size_px, at in of["at_px"].items()
    ]
    said = f"Pictures without a vehicle, at the typical threshold {next(iter(empty.values()))['confidence']:g}:"
    return f"{said}\n\n{table(['source', 'input', 'pictures with a box', 'boxes'], rows)}"


def _confusion(confusion: Mapping[str, Any]) -> list[str]:
    rows = [
        [name, *map(str, row[:-1]), "" if name == confusion["rows"][-1] else str(row[-1])]
        for name, row in zip(confusion["rows"], confusion["table"], strict=True)
    ]
    return [
        _wrapped(
            f"What boxes are called, on {confusion['source']}, whose classes are sure, at {confusion['size_px']} px "
            f"and confidence {confusion['confidence']:g} (rows truth, columns found):"
        ),
        table(["", *confusion["columns"]], rows),
    ]


def _frames(frames: Mapping[str, Any]) -> list[str]:
    parts = []
    for size_px, kinds in frames["at_px"].items():
        groups = list(next(iter(kinds.values()))["groups"])
        rows = [
            [
                group,
                *(
                    f"{_number(of['groups'][group]['average_precision'])} "
                    f"({of['groups'][group]['showing_it']} of {of['groups'][group]['frames']})"
                    for of in kinds.values()
                ),
            ]
            for group in groups
        ]
        parts += [
            f"Average precision of the frame score at {size_px} px (and how many of the frames show it):",
            table(["frames of", *kinds], rows),
            "Frames flagged at the typical threshold; look-alikes are clear frames:",
            table(["frames", *kinds], _flagged(kinds)),
        ]
    return parts


def _flagged(kinds: Mapping[str, Any]) -> list[list[str]]:
    def cell(of: Mapping[str, int] | None) -> str:
        return f"{of['flagged']} of {of['frames']}" if of else ""

    names = sorted({name for of in kinds.values() for name in of["lookalikes"]})
    return [
        ["that show it", *(cell(of["showing_it"]) for of in kinds.values())],
        ["clear", *(cell(of["clear"]) for of in kinds.values())],
        *([f"clear, with {name}", *(cell(of["lookalikes"].get(name)) for of in kinds.values())] for name in names),
    ]


def _torch(torch: Mapping[str, Any]) -> str:
    return _wrapped(
        f"The checkpoint in torch and the exported graph differ by at most {furthest_apart(torch):.4f} mAP over these "
        f"sources at {torch['size_px']} px."
    )


def _calibration(document: Mapping[str, Any]) -> list[str]:
    parts = []
    for name, threshold in document["thresholds"].items():
        frame = "".join(f", {kind} frames {score:g}" for kind, score in threshold.get("frame", {}).items())
        parts.append(_wrapped(f"`{name}`: {threshold['confidence']:g}{frame}. Chosen: {threshold['chosen']}."))
        parts += _frame_calibration(threshold["on_val"].get("frame", {}))
    calibration = document["calibration"]
    rows = [
        [
            f"{b['score'][0]:g} to {b['score'][1]:g}",
            str(b["boxes"]),
            _number(b["mean_score"]),
            _number(b["share_right"]),
        ]
        for b in calibration["bins"]
    ]
    error = _wrapped(
        f"Of {calibration['of']}: expected calibration error {calibration['expected_calibration_error']:.3f}."
    )
    of_frames = [
        f"{kind} {of['expected_calibration_error']:.3f} ({of['frames']} frames)"
        for kind, of in calibration.get("frames", {}).items()
    ]
    if of_frames:
        parts.append(f"Of the scores of whole frames of val, expected calibration error: {', '.join(of_frames)}.")
    return [*parts, error, table(["score", "boxes", "mean score", "share right"], rows)]


def _frame_calibration(frame: Mapping[str, Any]) -> list[str]:
    if not frame:
        return []
    rows = [
        [kind, _number(of["clear_flagged"]), _number(of["precision"]), _number(of["recall"])]
        for kind, of in frame.items()
    ]
    return [table(["frames", "clear ones flagged", "precision", "recall"], rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", help="a released network: a folder below models/")
    write_card(MODELS / parser.parse_args().network)


if __name__ == "__main__":
    main()
