"""batch.json in a store, where nothing can be added to a file: each new line is a small file of its own beside it. When
there are many, and at the end of the run, the whole is written anew. A run that is killed leaves them to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END, BytesIO

from detector.batch.manifest import MANIFEST_NAME, Manifest, ManifestError, read_entries, run_line
from detector.batch.store_run import OnlyRun
from detector.batch.stores import StoreError, create, files_in, look_at, put_bytes, read_bytes, remove
from detector.one_run import AnotherRunError
from detector.url import Url

WORK_NAME = ".part-batch"  # the folder of lines and marks of runs
LINE_PREFIX = "line-"
LINES_APART = 1_000  # which the next run reads in some seconds if this one is killed


@contextmanager
def open_stored_manifest(folder: Url) -> Iterator[Manifest]:
    """Read the batch.json of a folder in a store, or begin one, and keep other runs out until the block ends.

    Raises:
        ManifestError: as `open_manifest`.
        StoreError: the store cannot be read or written.
    """
    run = OnlyRun(folder / WORK_NAME, folder / MANIFEST_NAME)
    try:
        with run.held():
            lines = _Lines(folder, run)
            manifest = Manifest(folder, lines.add, _There(folder))
            for entry in read_entries(folder / MANIFEST_NAME, lines.whole):
                manifest.remember(entry)
            lines.bring_together()
            try:
                yield manifest
            finally:
                lines.bring_together()
    except AnotherRunError as error:
        raise ManifestError(str(error)) from error


class _There:
    """Whether a folder has a file: by one look at all that is in it, and for what came later by a look of its own. In a
    store of files each is looked at, which is quicker."""

    def __init__(self, folder: Url) -> None:
        self._folder = folder
        there = [] if folder.protocol == "file" else files_in(folder, depth=None)
        self._names = {file.relative_to(folder) for file in there}

    def __call__(self, name: str) -> bool:
        name = name.removeprefix("./")
        return name in self._names or look_at(self._folder / name) is not None


class _Lines:
    """All lines of a batch.json, of which those that are not in it yet are files of their own.

    Attributes:
        whole: what batch.json holds and is to hold.
    """

    def __init__(self, folder: Url, run: OnlyRun) -> None:
        self._path, self._work, self._run = folder / MANIFEST_NAME, folder / WORK_NAME, run
        self._apart = [file for file in files_in(self._work) if file.name.startswith(LINE_PREFIX)]
        self._begun = False
        whole = read_bytes(self._path) if look_at(self._path) else b""
        left = [line for file in self._apart for line in read_bytes(file).splitlines(keepends=True)]
        known = set(whole.splitlines(keepends=True)) if left else set()  # it was killed before it could take them away
        self.whole = BytesIO(whole + b"".join(line for line in left if line.endswith(b"\n") and line not in known))

    def bring_together(self) -> None:
        """Write all lines to batch.json, then take away those that lie apart; nothing where none do."""
        if not self._apart:
            return
        self._run.check()
        put_bytes(self.whole.getvalue(), self._path)
        for file in self._apart:
            remove(file)
        self._apart.clear()

    def add(self, line: bytes) -> None:
        """Write a line, before the first one that this run writes; it is in the store when this returns."""
        self._run.check()
        if len(self._apart) >= LINES_APART:
            self.bring_together()
        lines = line if self._begun else run_line() + line
        file = self._work / f"{LINE_PREFIX}{len(self._apart):06}.json"
        if not create(lines, file):
            raise StoreError(f"{file}: another run writes here; wait for it, or choose another folder with --out")
        self._begun = True
        self._apart.append(file)
        self.whole.seek(0, SEEK_END)
        self.whole.write(lines)
