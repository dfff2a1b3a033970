from typing import Any

from detector.one_clip import Request

USUAL: dict[str, Any] = {
    "video": False,
    "formats": ("csv",),
    "classes": None,
    "threshold": "typical",
    "confidence": None,
    "size": "auto",
    "every": "auto",
    "from_s": None,
    "to_s": None,
    "overwrite": False,
}


def request(**asked: Any) -> Request:
    """What a user asks for who asks for nothing."""
    return Request(**{**USUAL, **asked})
