from detector.outputs.chapters import chapters
from tests.reports import convoy, event, report, shot


def test_shots_events_and_convoys_in_turn() -> None:
    found = report(
        shots=(shot(0, 49), shot(50, 99, "title")),
        events=(event("fire", 25, 49),),
        convoys=(convoy(1, 2, 3, start=50),),
    )
    assert [(chapter.start_s, chapter.title) for chapter in chapters(found)] == [
        (10.0, "Shot 1"),
        (11.0, "Fire"),
        (12.0, "Shot 2 (title), Convoy 1: 3 vehicles"),
    ]


def test_each_ends_where_the_next_begins() -> None:
    listed = chapters(report(events=(event("smoke", 25, 99), event("fire", 30, 40))))
    assert [chapter.end_s for chapter in listed] == [*(chapter.start_s for chapter in listed[1:]), 13.96]


def test_no_shots_no_chapters() -> None:
    assert chapters(report(shots=())) == []
