"""Reads the C2PA manifest of a file, in a process of its own: `python manifest_store.py FILE` prints a line of JSON.

The manifest comes from strangers and native code takes it apart, so a crash, a hang or a flood of memory has to end
here; with `confined` behind FILE, whatever else it does too. Nothing is fetched: no remote manifests, no revocation
lists, no time stamps. Imports nothing of `detector` but its sandbox.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

LARGEST_MEMORY_BYTES = 2 * 1024**3
OFFLINE = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": []},
}
LONGEST_TEXT = 200
MOST_NAMED = 32  # actions, and codes


def main(path: str, confined: str = "") -> None:
    """Print what the manifest of a file says, and whether it holds; `confined` gives up everything else before."""
    if confined:
        import c2pa  # noqa: F401 what is not loaded by now cannot be

        from detector.sandbox.confinement import confine

        confine(path, LARGEST_MEMORY_BYTES)
    else:
        _limit_memory()
    print(json.dumps(_read(path)))


def _read(path: str) -> dict[str, Any]:
    import c2pa

    try:
        with open(path, "rb") as file:
            reader = c2pa.Reader.try_create(file, context=c2pa.Context.from_dict(OFFLINE))
            return {"state": "absent"} if reader is None else summary(json.loads(reader.json()))
    except c2pa.C2paError.NotSupported:
        return {"state": "unsupported"}
    except c2pa.C2paError as error:
        return {"state": "elsewhere" if str(error).startswith("Remote") else "unreadable", "reason": _text(str(error))}


def summary(store: dict[str, Any]) -> dict[str, Any]:
    """The part of a manifest store that a report holds, from the manifest that speaks for the file itself."""
    manifest = store["manifests"][store["active_manifest"]]
    signature = manifest.get("signature_info") or {}
    results = (store.get("validation_results") or {}).get("activeManifest") or {}
    passed, failed = ([status["code"] for status in results.get(kind) or []] for kind in ("success", "failure"))
    failed += [status["code"] for status in store.get("validation_status") or [] if status["code"] not in failed]
    return {
        "state": "valid" if store.get("validation_state") in ("Valid", "Trusted") else "invalid",
        "bytes_match": _bytes_match(passed, failed),
        "generator": _text(manifest.get("claim_generator")) or _generator(manifest.get("claim_generator_info")),
        "title": _text(manifest.get("title")),
        "signer": _text(signature.get("common_name")),
        "issuer": _text(signature.get("issuer")),
        "signed": _text(signature.get("time")),
        "actions": list(_actions(manifest))[:MOST_NAMED],
        "codes": list(dict.fromkeys(_text(code) or "" for code in failed))[:MOST_NAMED],
    }


def _bytes_match(passed: list[str], failed: list[str]) -> bool | None:
    """Whether the file's bytes are those that were signed; None where the manifest does not say."""
    if any(code.endswith("Hash.mismatch") for code in failed):
        return False
    return True if any(code.endswith("Hash.match") for code in passed) else None


def _generator(info: Any) -> str | None:
    named = info[0] if isinstance(info, list) and info else {}
    return _text(" ".join(str(named[key]) for key in ("name", "version") if named.get(key)))


def _actions(manifest: dict[str, Any]) -> Iterator[str]:
    """What was done to the file; after it in brackets, where it is said, from what kind of source it came."""
    for assertion in manifest.get("assertions") or []:
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in assertion["data"].get("actions") or []:
                source = str(action.get("digitalSourceType") or "").rpartition("/")[2]
                yield _text(f"{action.get('action')} ({source})" if source else action.get("action")) or "not named"


def _text(value: Any) -> str | None:
    return str(value)[:LONGEST_TEXT] if value else None


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY_BYTES, LARGEST_MEMORY_BYTES))


if __name__ == "__main__":
    main(*sys.argv[1:])
