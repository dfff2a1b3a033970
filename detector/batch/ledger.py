"""What is to be done, and what came of it: clips that were done before are known again, each content is done once."""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime

from detector import __version__
from detector.batch.clip_marks import content_of, content_while, marks_of
from detector.batch.clip_task import ClipOutcome, ClipTask, NetworksNamed
from detector.batch.entries import Entry, State
from detector.batch.manifest import Manifest
from detector.clips_named import folder_name
from detector.exit_codes import DONE, INTERRUPTED, NO_DEVICE_OR_MODEL, PARTLY_READ, UNREADABLE
from detector.model_card import ModelCard
from detector.one_clip import Request
from detector.outputs.clip_figures import ClipRow
from detector.url import Place, name_in
from detector.wish import Precision

NO_SETTINGS = {"overwrite", "resume"}  # what of a request changes no result
REPORT_NAME = "report.json"
Settled = Callable[[Entry], None]


def settings_sha256(request: Request, cards: Iterable[ModelCard], precision: Precision = "auto") -> str:
    """A hash of all that the outputs of a clip depend on beside the clip: request, networks, version of `detect`."""
    asked = {field.name: getattr(request, field.name) for field in fields(request) if field.name not in NO_SETTINGS}
    document = {"detect": __version__, "request": asked, "networks": [asdict(card) for card in cards]}
    document["precision"] = precision
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()


class Ledger:
    """Goes through the clips of one run, and keeps what came of each in the manifest.

    Args:
        manifest: what is known from earlier runs.
        settings: see `settings_sha256`.
        folder_of: the folder of outputs that a clip usually has.
        request: see `ClipTask`.
        retry_failed: what failed before is tried again.
    """

    def __init__(
        self,
        manifest: Manifest,
        settings: str,
        folder_of: Callable[[Place], Place],
        request: Request,
        retry_failed: bool,
    ) -> None:
        self._manifest = manifest
        self._settings = settings
        self._folder_of = folder_of
        self._request = request
        self._retry_failed = retry_failed
        self._running: dict[ClipTask, Entry] = {}
        self._twins: dict[str, list[Entry]] = defaultdict(list)

    def not_done(self, clips: Iterable[Place]) -> list[Place]:
        """Those of which it is not known from path, size and time stamp alone that they are done or beyond help."""
        return [clip for clip in clips if not self._is_known(clip)]

    def tasks(self, clips: Iterable[Place], networks: NetworksNamed, settled: Settled) -> Iterator[ClipTask]:
        """What really has to be done, clip by clip as it is asked for.

        Args:
            clips: in turn.
            networks: see `ClipTask`.
            settled: is told of clips that need no doing: what cannot be read, and what is like another.
        """
        clips = list(clips)
        sizes = self._sizes_of_several(clips)
        for clip in clips:
            new = Entry("started", self.name_of(clip), self._settings, _now())
            try:
                marks = marks_of(clip)
                of_another_size = marks is not None and marks.bytes not in sizes
                new = replace(new, marks=marks, sha256=None if of_another_size else content_of(clip))
            except OSError as error:
                reason = f"cannot be read ({error.strerror or error})"
                self._settle(replace(new, state="failed", exit_code=UNREADABLE, reason=reason), settled)
                continue
            twin = self._manifest.of_content(new.sha256 or "", new.settings)
            if twin is not None and self._stands(twin):
                self._settle(_copy(twin, new), settled)
            elif new.sha256 and any(entry.sha256 == new.sha256 for entry in self._running.values()):
                self._twins[new.sha256].append(new)
            else:
                yield self._begin(clip, new, networks)

    def _sizes_of_several(self, clips: Iterable[Place]) -> set[int]:
        """Sizes that more than one has of these clips and those that are known: what has a size of its own has content
        of its own, and need not be read to know that."""
        counts = Counter(
            entry.marks.bytes
            for (_, settings), entry in self._manifest.entries.items()
            if settings == self._settings and entry.marks and (entry.state == "done" or entry.fault_of_the_clip)
        )
        for clip in clips:
            with suppress(OSError):
                marks = marks_of(clip)
                counts.update([marks.bytes] if marks else [])
        return {size for size, count in counts.items() if count > 1}

    def finish(self, task: ClipTask, outcome: ClipOutcome, settled: Settled) -> None:
        """Keep what came of a task, and of the clips with the same content that waited for it."""
        begun = self._running.pop(task)
        state = _state(outcome.exit_code)
        entry = replace(
            begun,
            state=state,
            at=_now(),
            sha256=outcome.sha256 or begun.sha256,
            marks=begun.marks if outcome.was_read else None,
            folder=begun.folder if outcome.figures else None,
            seconds=outcome.seconds,
            exit_code=outcome.exit_code,
            reason=outcome.reason,
            figures=outcome.figures,
            thumbnail=outcome.thumbnail,
        )
        if entry.fault_of_the_clip and entry.sha256 is None:
            entry = replace(entry, sha256=content_while(task.clip, begun.marks))
        self._settle(entry, settled)
        for twin in self._twins.pop(begun.sha256 or "", []):
            if state != "interrupted":
                self._settle(_copy(entry, twin), settled)

    def _is_known(self, clip: Place) -> bool:
        known = self._manifest.entries.get((self.name_of(clip), self._settings))
        try:
            marks = marks_of(clip)
            return known is not None and marks is not None and known.marks == marks and self._stands(known)
        except OSError:
            return False

    def _begin(self, clip: Place, new: Entry, networks: NetworksNamed) -> ClipTask:
        folder, ours = self._free_folder(clip)
        request = self._request
        request = replace(request, overwrite=request.overwrite or ours, resume=request.resume or ours)
        task = ClipTask(clip, folder, networks, request)
        self._running[task] = replace(new, folder=self.name_of(folder))
        self._manifest.add(self._running[task])
        return task

    def _free_folder(self, clip: Place) -> tuple[Place, bool]:
        """The first of clip.detect, clip.2.detect and so on that is not another's, nor of this clip as it was; and
        whether what is in it was left by an earlier run for this very clip, which did not end well."""
        usual, key = self._folder_of(clip), (self.name_of(clip), self._settings)
        around = usual if usual == self._manifest.folder else usual.parent
        folder, number = usual, 1
        while True:
            owner = self._manifest.owner(self.name_of(folder))
            if owner is None:
                return folder, False
            left = self._manifest.entries[owner]
            if owner == key and (left.state != "done" or not self._has_report(left)):
                return folder, True
            if owner[0] == key[0] and self._request.overwrite:
                return folder, True
            number += 1
            folder = around / folder_name(clip, number)

    def _stands(self, entry: Entry) -> bool:
        """Whether what is known of a clip needs no doing again."""
        if entry.state == "done":
            return self._has_report(entry)
        return entry.fault_of_the_clip and not self._retry_failed

    def _has_report(self, entry: Entry) -> bool:
        return entry.folder is not None and self._manifest.is_there(f"{entry.folder}/{REPORT_NAME}")

    def _settle(self, entry: Entry, settled: Settled) -> None:
        self._manifest.add(entry)
        settled(entry)

    def name_of(self, place: Place) -> str:
        """A path or address as it stands in the manifest."""
        return name_in(self._manifest.folder, place)

    def rows(self, clips: Iterable[Place]) -> list[ClipRow]:
        """Of the clips of this run, in their order; a run that is broken off has none of those it did not reach."""
        entries = (self._manifest.entries.get((self.name_of(clip), self._settings)) for clip in clips)
        return [row_of(entry) for entry in entries if entry is not None]

    def other_rows(self, clips: Iterable[Place]) -> list[ClipRow]:
        """Of what else earlier runs did, the latest of each clip."""
        names = {self.name_of(clip) for clip in clips}
        latest = {clip: entry for (clip, _), entry in self._manifest.entries.items() if clip not in names}
        return [row_of(entry) for entry in latest.values()]


def row_of(entry: Entry) -> ClipRow:
    """What tables and pages say of one clip."""
    return ClipRow(
        clip=_text(entry.clip),
        state="interrupted" if entry.state == "started" else entry.state,
        exit_code=INTERRUPTED if entry.exit_code is None else entry.exit_code,
        reason=entry.reason or ("broken off" if entry.state == "started" else ""),
        seconds=entry.seconds,
        sha256=entry.sha256,
        same_as=None if entry.same_as is None else _text(entry.same_as),
        folder=entry.folder if entry.figures else None,
        figures=entry.figures,
        thumbnail=entry.thumbnail,
    )


def _state(exit_code: int) -> State:
    if exit_code in (DONE, PARTLY_READ):
        return "done"
    return "interrupted" if exit_code in (INTERRUPTED, NO_DEVICE_OR_MODEL) else "failed"


def _copy(entry: Entry, onto: Entry) -> Entry:
    """What came of one clip, for another of the same content."""
    same_as = entry.same_as if entry.clip == onto.clip else entry.clip
    return replace(entry, clip=onto.clip, at=_now(), marks=onto.marks, sha256=onto.sha256, same_as=same_as)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _text(path: str) -> str:
    """A name may hold bytes that are no text."""
    return os.fsencode(path).decode("utf-8", "replace")
