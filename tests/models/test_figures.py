from models.figures import furthest_apart
from tests.models.measured import ap


def sources(*pairs: tuple[float | None, float | None]) -> dict[str, object]:
    """One source a pair of AP50, of the graph and of the checkpoint."""
    kinds = ({"class_agnostic": {"onnx": ap(onnx), "torch": ap(torch)}} for onnx, torch in pairs)
    return {"sources": {f"source_{number}": kind for number, kind in enumerate(kinds)}}


def test_graph_and_checkpoint_are_as_far_apart_as_on_the_worst_source() -> None:
    assert furthest_apart(sources((0.5, 0.5), (0.7, 0.75))) == 0.75 - 0.7


def test_where_only_one_of_them_has_a_figure_nothing_is_compared() -> None:
    assert furthest_apart(sources((0.5, None), (None, 0.5), (None, None))) == 0
