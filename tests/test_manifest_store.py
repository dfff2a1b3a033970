from typing import Any

import pytest

from detector.manifest_store import LONGEST_TEXT, MOST_NAMED, summary


def store(**manifest: Any) -> dict[str, Any]:
    """The least a manifest store can hold."""
    return {"active_manifest": "mine", "manifests": {"mine": manifest, "of an ingredient": {"title": "another"}}}


def with_results(state: str, success: tuple[str, ...] = (), failure: tuple[str, ...] = ()) -> dict[str, Any]:
    results = {"success": [{"code": code} for code in success], "failure": [{"code": code} for code in failure]}
    return {**store(), "validation_state": state, "validation_results": {"activeManifest": results}}


def test_a_manifest_that_says_nothing_is_not_taken_for_valid() -> None:
    found = summary(store())
    assert found["state"] == "invalid"
    assert found["bytes_match"] is None
    assert (found["title"], found["signer"], found["signed"], found["actions"], found["codes"]) == (
        None,
        None,
        None,
        [],
        [],
    )


@pytest.mark.parametrize("kind", ["bmffHash", "dataHash", "boxesHash"])
def test_whether_the_bytes_match(kind: str) -> None:
    assert summary(with_results("Valid", success=(f"assertion.{kind}.match",)))["bytes_match"] is True
    found = summary(with_results("Invalid", ("assertion.hashedURI.match",), (f"assertion.{kind}.mismatch",)))
    assert (found["state"], found["bytes_match"], found["codes"]) == ("invalid", False, [f"assertion.{kind}.mismatch"])


def test_what_was_done_to_the_file_and_from_what_it_came() -> None:
    actions = [
        {
            "action": "c2pa.created",
            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        },
        {"action": "c2pa.edited"},
        {},
    ]
    other = {"label": "c2pa.metadata", "data": {"actions": [{"action": "no"}]}}
    found = summary(store(assertions=[other, {"label": "c2pa.actions.v2", "data": {"actions": actions}}]))
    assert found["actions"] == ["c2pa.created (digitalCapture)", "c2pa.edited", "not named"]


def test_floods_are_cut() -> None:
    actions = [{"action": "a" * 10_000}] * 10_000
    found = summary(store(title="t" * 10_000, assertions=[{"label": "c2pa.actions", "data": {"actions": actions}}]))
    assert len(found["title"]) == LONGEST_TEXT
    assert [len(action) for action in found["actions"]] == [LONGEST_TEXT] * MOST_NAMED
