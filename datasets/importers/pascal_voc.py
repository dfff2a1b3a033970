"""Pascal VOC: an XML file a picture, with `bndbox` in pixels.

A file's picture lies beside it, as in a Roboflow export, or in `JPEGImages` or `images` beside its folder. Some tools
count pixels from 0 and some from 1; the edges are taken as they stand, which is at most a pixel off.

Parsed with defusedxml: whether the standard parser is safe against entities depends on the expat it was built with.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from datasets.importers.coco_json import check_size, find_picture
from datasets.labels import LabelError, NamedBox, box_from_pixels
from datasets.pictures import LabelledPicture, PictureError, Problem

EDGES = ("xmin", "ymin", "xmax", "ymax")


def read(folder: Path) -> Iterator[LabelledPicture | Problem]:
    """Every picture that an XML file below `folder` describes."""
    documents = sorted(folder.rglob("[!.]*.xml"))
    if not documents:
        yield Problem(folder, None, "source", "no XML file below it")
    for path in documents:
        try:
            root: Element = fromstring(path.read_bytes(), forbid_dtd=True)
            folders = (path.parent, path.parent.parent / "JPEGImages", path.parent.parent / "images")
            picture = find_picture(root.findtext("filename"), folders)
        except LabelError as error:
            yield Problem(path, None, error.kind, str(error))
        except DefusedXmlException as error:
            yield Problem(path, None, "source", f"XML with a document type, which no annotation needs: {error}")
        except (OSError, ParseError, ValueError, LookupError) as error:
            yield Problem(path, None, "label", f"not XML: {error}")
        else:
            yield _read_picture(path, picture, root)


def _read_picture(path: Path, picture: Path, root: Element) -> LabelledPicture:
    try:
        size_px = check_size(picture, _declared_px(root))
    except (PictureError, LabelError) as error:
        return LabelledPicture(picture, (), (Problem(picture, None, error.kind, str(error)),))
    boxes: list[NamedBox] = []
    problems: list[Problem] = []
    for place, thing in enumerate(root.iter("object")):
        try:
            boxes.append(_read_box(thing, size_px))
        except LabelError as error:
            problems.append(Problem(path, None, error.kind, f"object {place}: {error}"))
    return LabelledPicture(picture, tuple(boxes), tuple(problems))


def _declared_px(root: Element) -> tuple[int, int]:
    try:
        return int(root.findtext("size/width", "0")), int(root.findtext("size/height", "0"))
    except ValueError as error:
        raise LabelError(f"size is not two whole numbers: {error}", "size") from error


def _read_box(thing: Element, size_px: tuple[int, int]) -> NamedBox:
    name = (thing.findtext("name") or "").strip()
    if not name:
        raise LabelError("an object without a name", "class")
    return box_from_pixels(name, [thing.findtext(f"bndbox/{edge}") for edge in EDGES], size_px)
