"""Tables of accuracy_<network>.json for a terminal of 80 columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.box_precision import SIZE_NAMES
from models.figures import furthest_apart

SHORT_SIZES = ("<16", "16-32", "32-96", ">96")
AGREEMENT = 0.002  # of mAP, between the checkpoint in torch and the exported graph


def tables(figures: Mapping[str, Any]) -> str:
    """All tables of one network."""
    parts = [box_table(figures["sources"]), class_table(figures["sources"])]
    parts += [empty_table(figures["empty"])] if figures.get("empty") else []
    parts += [frame_table(figures["frames"])] if figures.get("frames") else []
    parts += [torch_table(figures["torch"])] if "torch" in figures else []
    return "\n\n".join(part for part in parts if part)


def number(value: float | None, width: int = 7) -> str:
    """Three decimals; a dash where there is nothing to measure."""
    return ("-" if value is None else f"{value:.3f}").rjust(width)


def box_table(sources: Mapping[str, Any]) -> str:
    """Class-agnostic figures: one row a source and input size."""
    if not sources:
        return ""
    sizes = "".join(f"{name:>7}" for name in SHORT_SIZES)
    lines = [
        "whatever the class: AP50, AP50-95, AP50 by object size (px at 640), and",
        "recall at one false box a picture",
        f"{'source':<11}{'px':>5}{'boxes':>6}{'AP50':>7}{'50-95':>7}{sizes}{'recall':>8}",
    ]
    for source, figures in sources.items():
        for size_px, found in figures["at_px"].items():
            by_size = "".join(number(found["by_size"][name]["ap50"]) for name in SIZE_NAMES)
            overall = number(found["class_agnostic"]["ap50"]) + number(found["class_agnostic"]["ap50_95"])
            recall = number(found["recall_at_1_false_box_a_picture"], 8)
            lines.append(f"{source:<11}{size_px:>5}{figures['boxes']:>6}{overall}{by_size}{recall}")
    return "\n".join(lines)


def class_table(sources: Mapping[str, Any]) -> str:
    """AP50 by class and its mean, with the mean AP50-95: one row a source and input size."""
    if not sources:
        return ""
    classes = list(dict.fromkeys(name for figures in sources.values() for name in figures["boxes_by_class"]))
    names = "".join(f"{name[:8]:>9}" if len(name) > 7 else f"{name:>8}" for name in classes)
    widths = [9 if len(name) > 7 else 8 for name in classes]
    lines = ["AP50 by class, its mean, and mean AP50-95", f"{'source':<11}{'px':>5}{names}{'mean':>7}{'50-95':>7}"]
    for source, figures in sources.items():
        for size_px, found in figures["at_px"].items():
            by_class = [found["by_class"].get(name, {}).get("ap50") for name in classes]
            cells = "".join(number(value, width) for value, width in zip(by_class, widths, strict=True))
            mean = number(found["mean_over_classes"]["ap50"]) + number(found["mean_over_classes"]["ap50_95"])
            lines.append(f"{source:<11}{size_px:>5}{cells}{mean}")
    return "\n".join(lines)


def empty_table(empty: Mapping[str, Any]) -> str:
    """False boxes where there is nothing to find."""
    lines = ["pictures without a vehicle"]
    for source, figures in empty.items():
        for size_px, found in figures["at_px"].items():
            lines.append(
                f"{source} {size_px} px at {figures['confidence']:g}: a box on {found['pictures_with_a_box']} of "
                f"{figures['pictures']} pictures, {found['boxes']} in all"
            )
    return "\n".join(lines)


def frame_table(frames: Mapping[str, Any]) -> str:
    """Smoke and fire of whole frames."""
    lines = ["frame average precision, and what the threshold flags"]
    for size_px, kinds in frames["at_px"].items():
        for kind, found in kinds.items():
            for group, figures in found["groups"].items():
                lines.append(
                    f"{kind:<6}{size_px:>5} px {number(figures['average_precision'], 6)}  {group.split(' (')[0]}"
                    f" ({figures['showing_it']} of {figures['frames']})"
                )
            lines.append(f"{kind:<6}{size_px:>5} px  at {frames['thresholds'][kind]:g}: " + _flagged(found))
            lines += _wrapped("  look-alikes flagged: ", _lookalikes(found["lookalikes"]))
    return "\n".join(lines)


def _flagged(found: Mapping[str, Any]) -> str:
    shown, clear = found["showing_it"], found["clear"]
    return f"flags {shown['flagged']} of {shown['frames']}, and {clear['flagged']} of {clear['frames']} clear ones"


def _lookalikes(found: Mapping[str, Any]) -> Iterator[str]:
    return (f"{name} {figures['flagged']} of {figures['frames']}" for name, figures in found.items())


def _wrapped(start: str, words: Iterator[str], width: int = 80) -> list[str]:
    lines = [start]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append(" " * len(start))
        lines[-1] += ("" if lines[-1].endswith(" ") else ", ") + word
    return lines


def torch_table(torch: Mapping[str, Any]) -> str:
    """mAP of the graph beside the checkpoint's."""
    lines = [
        f"mAP50-95 at {torch['size_px']} px of the checkpoint in torch, of the graph, and how far apart",
        f"{'source':<11}{'':<20}{'torch':>8}{'ONNX':>8}{'apart':>9}",
    ]
    for source, kinds in torch["sources"].items():
        for kind, pair in kinds.items():
            one, other = pair["torch"]["ap50_95"], pair["onnx"]["ap50_95"]
            if one is not None and other is not None:
                apart = f"{abs(one - other):9.4f}"
                lines.append(f"{source:<11}{kind.replace('_', ' '):<20}{one:8.4f}{other:8.4f}{apart}")
    worst = furthest_apart(torch)
    verdict = "agree" if worst <= AGREEMENT else "DO NOT AGREE"
    return "\n".join([*lines, f"furthest apart, AP50 too: {worst:.4f}; to {AGREEMENT} they {verdict}"])
