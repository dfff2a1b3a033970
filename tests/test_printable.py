from detector.printable import printable


def test_letters_stay_and_control_characters_go() -> None:
    assert printable("Kolonne süd 車列.mp4") == "Kolonne süd 車列.mp4"
    assert printable("a\x1b[2Jb\u202ec\n") == "a?[2Jb?c?"
    assert printable("a\tb", "_") == "a_b"


def test_what_joins_letters_stays() -> None:
    assert printable("👩\u200d🚀 می\u200cخواهم") == "👩\u200d🚀 می\u200cخواهم"
