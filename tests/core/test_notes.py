from copy import deepcopy

from automl.core.notes import Note, warnings_of


def test_a_note_about_more_than_a_hundredth_is_a_warning() -> None:
    few, many = Note("3 of 1,000 cells.", 0.003), Note("200 of 200 cells.", 1.0)

    assert warnings_of(("Column 'a' was dropped.", few, many)) == (many,)


def test_a_note_is_text_and_keeps_its_share_in_copies() -> None:
    note = deepcopy(Note("half", 0.5))

    assert note == "half"
    assert note.share == 0.5
