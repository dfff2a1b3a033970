from pathlib import Path

from datasets.convoy.demo_pictures import write_demo_pictures
from datasets.layout import read_layout


def test_the_shots_are_train_and_val_and_every_label_is_sound(tmp_path: Path) -> None:
    assert write_demo_pictures(tmp_path, 40) == 8
    built = read_layout(tmp_path, "vehicles")
    assert [picture.split for picture in built] == ["train"] * 4 + ["val"] * 4
    assert [picture.problems for picture in built] == [()] * 8
    assert all(picture.boxes for picture in built)
