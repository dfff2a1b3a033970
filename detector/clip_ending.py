"""What the end of a clip's file says of pictures that are missing there: losses that came without an error."""

from detector.clip_info import ClipInfo
from detector.clip_opening import ends_within_picture, lacks_gif_end
from detector.damage import DamageLog


def log_end_of_file(
    log: DamageLog, info: ClipInfo, stream_id: int, missing_bytes: int, unread_bytes: int, *, declared: int, read: int
) -> str | None:
    """Log what is lost at the end of a file that was read to its end; returns what is odd there but no damage.

    Args:
        log: of the clip's damage so far.
        info: of the clip.
        stream_id: of the pictures.
        missing_bytes: by which the file is shorter than it states.
        unread_bytes: at its end that could not be followed.
        declared: pictures that the header states; 0 if it states none.
        read: pictures that the file gives.
    """
    if missing_bytes and log.empty and declared and read >= declared:
        return f"the file states a length {missing_bytes} bytes beyond its end, but no picture is missing"
    if missing_bytes:
        log.trouble(f"the file is cut off: {missing_bytes} bytes are missing at its end")
    elif unread_bytes:
        log.trouble(f"{unread_bytes} bytes at the end of the file could not be followed")
    elif info.container == "mpegts" and ends_within_picture(info.path, stream_id):
        log.trouble("the file ends within a picture")
    elif info.container == "gif" and lacks_gif_end(info.path) and log.empty:
        log.trouble_at_last("the file is cut off: the mark that ends a GIF is missing")
    elif declared > read and log.empty:
        return f"the header states {declared} pictures, the file gives {read}"
    return None


def missing_share(info: ClipInfo, missing_bytes: int) -> float:
    """Of all bytes of the file those that are missing, where its header states the length of the whole."""
    return missing_bytes / (info.path.stat().st_size + missing_bytes) if "matroska" in info.container else 0.0
