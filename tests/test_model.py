import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector import load_network, model
from detector.device import DeviceError
from detector.model import BATCH_ON_CUDA, ModelError, Network, letterbox, networks_folder
from detector.wish import Precision


@pytest.fixture(scope="module")
def network() -> Network:
    return load_network("fast", device="cpu")


def test_the_default_network_knows_the_vehicle_classes(network: Network) -> None:
    assert network.classes == ("tank", "ifv_apc", "artillery", "mlrs", "truck", "car")


def test_the_second_network_knows_smoke_and_fire() -> None:
    assert load_network("smoke_fire", device="cpu").classes == ("smoke", "fire")


def test_pictures_of_different_sizes_in_one_call(network: Network) -> None:
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (*size, 3), np.uint8) for size in ((48, 64), (1, 1), (333, 21))]
    found = network.detect(pictures, confidence=0.01)
    assert len(found) == 3
    for picture, detections in zip(pictures, found, strict=True):
        assert detections.xyxy.dtype == np.float32
        assert detections.xyxy.shape == (len(detections), 4)
        assert (detections.scores >= 0.01).all()
        assert (np.diff(detections.scores) <= 0).all(), "best first"
        height, width = picture.shape[:2]
        assert (detections.xyxy >= 0).all()
        assert (detections.xyxy <= [width, height, width, height]).all()


class FrameSession:
    """No box, and answers for frames: smoke in one cell of a grid as coarse as the input allows."""

    def __init__(self, row: int, column: int, smoke: float = 0.6) -> None:
        self._row, self._column, self._smoke = row, column, smoke

    def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        _, height, width, _ = inputs["images"].shape
        cells = np.full((1, 2, height // 32, width // 32), 0.1, np.float32)
        cells[0, 0, self._row, self._column] = self._smoke
        boxes = [np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64)]
        return [*boxes, np.float32([[self._smoke, 0.2]]), np.float32([0.3]), cells]


def judging(session: FrameSession) -> Network:
    network = load_network("smoke_fire", device="cpu")
    return Network(network.card, session, network.device)


def test_a_network_that_judges_frames_says_where_its_answer_comes_from() -> None:
    """A picture of 768x400 px is seen at half its size, with 4 px of grey above and 20 below."""
    [found] = judging(FrameSession(row=2, column=3)).detect([np.zeros((400, 768, 3), np.uint8)])
    assert found.frame is not None
    assert found.frame.scores.tolist() == pytest.approx([0.6, 0.2])
    assert found.frame.look_alike == pytest.approx(0.3)
    left, top, right, bottom = found.frame.regions[0]
    assert (left, right) == (3 * 64, 4 * 64)
    assert bottom - top == 64
    assert found.frame.regions[1].tolist() == [0, 0, 768, 400], "no cell stands out"


def test_a_network_that_judges_frames_with_no_number_is_named() -> None:
    with pytest.raises(ModelError, match="network smoke_fire gave boxes that cannot be"):
        judging(FrameSession(0, 0, smoke=np.nan)).detect([np.zeros((64, 64, 3), np.uint8)])


def test_a_network_of_boxes_alone_says_nothing_of_the_frame(network: Network) -> None:
    [found] = network.detect([np.zeros((64, 64, 3), np.uint8)])
    assert found.frame is None


def in_batches(network: Network) -> Network:
    """The same network, which takes its device for one that gains by batches."""
    return Network(network.card, network._session, replace(network.device, used="cuda"))


TOGETHER = 1e-3  # px, and of scores: sums are added up in another order
SIZES = [(48, 64), (333, 21), (48, 64), (96, 128), *[(48, 64)] * (BATCH_ON_CUDA + 1)]


@pytest.mark.parametrize("name", ["fast", "smoke_fire"])
@pytest.mark.parametrize("sizes", [[], SIZES[:1], SIZES], ids=["none", "one", "several sizes, more than one batch"])
def test_pictures_looked_at_together_give_what_each_gives_alone(name: str, sizes: list[tuple[int, int]]) -> None:
    alone = load_network(name, device="cpu", precision="fp32")
    rng = np.random.default_rng(2)
    pictures = [cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), size[::-1]) for size in sizes]
    found = in_batches(alone).detect(pictures, confidence=0.001, size_px=160)
    assert len(found) == len(pictures)
    for picture, together in zip(pictures, found, strict=True):
        [by_itself] = alone.detect([picture], confidence=0.001, size_px=160)
        assert (together.classes == by_itself.classes).all()
        np.testing.assert_allclose(together.xyxy, by_itself.xyxy, atol=TOGETHER)
        np.testing.assert_allclose(together.scores, by_itself.scores, atol=TOGETHER)
        assert (together.frame is None) == (by_itself.frame is None)
        if together.frame is not None and by_itself.frame is not None:
            np.testing.assert_allclose(together.frame.scores, by_itself.frame.scores, atol=TOGETHER)
            assert (together.frame.regions == by_itself.frame.regions).all()
    assert not sizes or sum(map(len, found)) > 0


def test_no_pictures_give_no_detections(network: Network) -> None:
    assert network.detect([]) == []


def test_the_same_picture_gives_the_same_boxes(network: Network) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
    first, second = network.detect([picture, picture], confidence=0.001)
    assert (first.xyxy == second.xyxy).all()


class BrokenSession:
    """Gives a box of these numbers for every picture."""

    def __init__(self, box: list[float], score: float) -> None:
        self._box, self._score = box, score

    def run(self, names: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [np.array([self._box], np.float32), np.array([self._score], np.float32), np.zeros(1, np.int64)]


@pytest.mark.parametrize(
    ("box", "score"),
    [([np.nan, 1, 9, 9], 0.9), ([1, 1, np.inf, 9], 0.9), ([9, 1, 1, 9], 0.9), ([1, 1, 9, 9], np.nan)],
)
def test_a_broken_network_is_named(network: Network, box: list[float], score: float) -> None:
    broken = Network(network.card, BrokenSession(box, score), network.device)
    with pytest.raises(ModelError, match=r"network vehicles.* gave boxes that cannot be .*choose another"):
        broken.detect([np.zeros((32, 32, 3), np.uint8)])


@pytest.mark.parametrize(
    "picture", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3), np.float32), np.zeros((0, 8, 3), np.uint8)]
)
def test_what_is_no_bgr_picture_is_refused(network: Network, picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8 BGR"):
        network.detect([picture])


def test_a_folder_can_be_opened_by_its_path() -> None:
    assert load_network(networks_folder() / "vehicles", device="cpu").card.name == "vehicles"


@pytest.mark.parametrize("name", ["fast", "default", "vehicles"])
def test_names_of_the_fast_network(name: str, network: Network) -> None:
    assert load_network(name, device="cpu").card == network.card


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'submarines'.*fast, smoke_fire, vehicles"):
        load_network("submarines")


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(ModelError, match="no network"):
        load_network("x" * 300)


def test_a_released_network_that_is_not_there_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied_network(tmp_path)
    monkeypatch.setattr(model, "networks_folder", lambda: tmp_path)
    with pytest.raises(
        ModelError, match=r"'accurate' \(.*vehicles_accurate is not there\): name one of fast, vehicles"
    ):
        load_network("accurate")


def test_a_folder_can_be_opened_from_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copied_network(tmp_path))
    assert load_network(".", device="cpu").card.name == "vehicles"


def copied_network(tmp_path: Path) -> Path:
    folder = tmp_path / "vehicles"
    shutil.copytree(networks_folder() / "vehicles", folder)
    shutil.copy(networks_folder() / "manifest.json", tmp_path)
    return folder


@pytest.mark.parametrize("file", ["model.onnx", "model.json"])
def test_a_changed_file_is_refused(tmp_path: Path, file: str) -> None:
    folder = copied_network(tmp_path)
    with (folder / file).open("ab") as changed:
        changed.write(b" ")
    with pytest.raises(ModelError, match="SHA-256"):
        load_network(folder)


@pytest.mark.parametrize("outside", ["weights", "compiled graph"])
def test_a_graph_that_would_open_other_files_is_refused(tmp_path: Path, outside: str) -> None:
    folder = copied_network(tmp_path)
    weights = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [1], b"\0" * 4, raw=True)
    onnx.external_data_helper.set_external_data(weights, location="../../secret")
    node = onnx.helper.make_node("EPContext", [], ["y"], domain="com.microsoft", ep_cache_context="/etc/passwd")
    parts = ([], [weights]) if outside == "weights" else ([node], [])
    graph = onnx.helper.make_graph(parts[0], "g", [], [], initializer=parts[1])
    content = onnx.helper.make_model(graph).SerializeToString()
    (folder / "model.onnx").write_bytes(content)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["networks"][folder.name]["model.onnx"] = hashlib.sha256(content).hexdigest()
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(ModelError, match=f"{outside} in another file"):
        load_network(folder, device="cpu")


def replaced_graph(tmp_path: Path, graph: onnx.GraphProto) -> Path:
    """A network with a graph of its own, rightly listed in the manifest."""
    folder = copied_network(tmp_path)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    hashes = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in ("model.onnx", "model.json")}
    (tmp_path / "manifest.json").write_text(json.dumps({"networks": {"vehicles": hashes}}))
    return folder


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"images": ("FLOAT", [1, 3, 64, 64]), "confidence": ("FLOAT", [1])}, "takes images as tensor.float. "),
        ({"images": ("UINT8", [1, 3, 64, 64]), "confidence": ("FLOAT", [1])}, "takes images as tensor.uint8. "),
        ({"images": ("UINT8", [1, 64, 64, 3]), "confidence": ("DOUBLE", [1])}, "takes confidence as tensor.double."),
        ({"pixels": ("UINT8", [1, 64, 64, 3]), "confidence": ("FLOAT", [1])}, "takes pixels, confidence, not images"),
        ({"images": ("UINT8", [1, 64, 64, 3])}, "takes images, not images and confidence"),
        ({"images": ("UINT8", [1, 64, 64, 3]), "confidence": ("FLOAT", [1])}, "does not give class, xyxy"),
    ],
)
def test_a_graph_of_another_layout_is_refused_before_it_sees_a_picture(
    tmp_path: Path, inputs: dict[str, tuple[str, list[int]]], said: str
) -> None:
    """What it gives is only `score`, each input cast and passed on."""
    taken = [
        onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), shape)
        for name, (kind, shape) in inputs.items()
    ]
    names = ["score", *(f"passed_on_{index}" for index in range(1, len(inputs)))]
    nodes = [onnx.helper.make_node("Cast", [i], [o], to=1) for i, o in zip(inputs, names, strict=True)]
    given = [onnx.helper.make_empty_tensor_value_info(name) for name in names]
    folder = replaced_graph(tmp_path, onnx.helper.make_graph(nodes, "g", taken, given))
    with pytest.raises(ModelError, match=rf"vehicles: its graph {said}.*export it again"):
        load_network(folder, device="cpu")


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    folder = replaced_graph(tmp_path, onnx.helper.make_graph([], "g", [], []))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    (folder / "model.onnx").write_bytes(b"no graph")
    manifest["networks"]["vehicles"]["model.onnx"] = hashlib.sha256(b"no graph").hexdigest()
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="its graph cannot be opened"):
        load_network(folder, device="cpu")


LIVELY = cv2.resize(np.random.default_rng(3).integers(0, 255, (9, 16, 3), np.uint8), (640, 360))


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_boxes_do_not_depend_on_the_number_of_threads(precision: Precision) -> None:
    one, three = (
        load_network("fast", "cpu", precision=precision, threads=threads).detect([LIVELY], confidence=0.001)[0]
        for threads in (1, 3)
    )
    assert len(one) > 0
    for some, same in ((one.xyxy, three.xyxy), (one.scores, three.scores), (one.classes, three.classes)):
        assert (some == same).all()


def test_a_network_carries_the_hash_of_the_graph_it_uses() -> None:
    listed = json.loads((networks_folder() / "manifest.json").read_text())["networks"]["vehicles"]
    exact, fast = (load_network("fast", "cpu", precision=precision) for precision in ("fp32", "int8"))
    assert (exact.card.sha256, exact.device.precision) == (listed["model.onnx"], "fp32")
    assert (fast.card.sha256, fast.device.precision) == (listed["model.int8.onnx"], "int8")


def test_a_changed_int8_graph_is_refused(tmp_path: Path) -> None:
    folder = copied_network(tmp_path)
    (folder / "model.int8.onnx").write_bytes(b"")
    with pytest.raises(ModelError, match=r"model\.int8\.onnx: its SHA-256"):
        load_network(folder)


def test_a_precision_that_a_network_has_not(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="int8 cannot be had: this network has no int8 graph; use --precision auto"):
        load_network("smoke_fire", "cpu", precision="int8")


def test_a_network_without_manifest_is_refused(tmp_path: Path) -> None:
    folder = copied_network(tmp_path)
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(ModelError, match=r"no manifest\.json"):
        load_network(folder)


def test_a_broken_manifest_is_refused(tmp_path: Path) -> None:
    folder = copied_network(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"networks": []}))
    with pytest.raises(ModelError, match="cannot be read"):
        load_network(folder)


@settings(max_examples=50, deadline=None)
@given(width=st.integers(1, 300), height=st.integers(1, 300), size_px=st.sampled_from([64, 96, 160]))
def test_letterbox_keeps_the_whole_picture(width: int, height: int, size_px: int) -> None:
    canvas, place = letterbox(np.full((height, width, 3), 255, np.uint8), size_px, 32)
    assert canvas.shape[0] % 32 == canvas.shape[1] % 32 == 0
    assert max(canvas.shape[:2]) == size_px
    right, bottom = place.left_px + width * place.scale_x, place.top_px + height * place.scale_y
    inner = canvas[place.top_px : round(bottom), place.left_px : round(right)]
    assert (inner == 255).all()
    assert (canvas == 255).all(axis=2).sum() == inner.shape[0] * inner.shape[1]


@pytest.mark.parametrize(
    ("listed", "message"),
    [(7, "cannot be read"), ({"model.onnx": 1}, "cannot be read"), ({"model.onnx": 1, "model.json": None}, "SHA-256")],
)
def test_a_manifest_with_garbage_in_it_is_refused(tmp_path: Path, listed: object, message: str) -> None:
    folder = copied_network(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"networks": {"vehicles": listed}}))
    with pytest.raises(ModelError, match=message):
        load_network(folder)


def test_a_card_that_makes_no_sense_is_refused_by_name(tmp_path: Path) -> None:
    folder = copied_network(tmp_path)
    (folder / "model.json").write_text('{"classes": ["tank"], "input": {"size_px": 640, "stride": 32}}')
    hashes = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in ("model.onnx", "model.json")}
    (tmp_path / "manifest.json").write_text(json.dumps({"networks": {"vehicles": hashes}}))
    with pytest.raises(ModelError, match=r"vehicles/model\.json: .*thresholds.*install detect again"):
        load_network(folder)
