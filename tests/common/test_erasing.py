"""What names a person leaves a text, and no other word does."""

import pytest

from common.erasing import forgetting


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Mina Harker", "Mina Harker, mina harker and MINA\n  HARKER", "(erased), (erased) and (erased)"),
        ("Mina  Harker", "Mina Harker", "(erased)"),
        ("Niamh O'Brien", "<p>Niamh O&#x27;Brien</p> Niamh O'Brien's", "<p>(erased)</p> (erased)'s"),
        ("A&B <Ltd>", "A&amp;B &lt;Ltd&gt;", "(erased)"),
        ("mina@shop.example", "Mina@Shop.example.", "(erased)."),
        ("+49 30 1", "+49 30 1, not +49 30 12", "(erased), not +49 30 12"),
        ("Al", "Al also called, al fresco; Also Al.", "(erased) also called, al fresco; Also (erased)."),
        ("Mark", "mark what Mark said", "mark what (erased) said"),
        ("I", "I said: I.", "I said: I."),
        ("", "Nothing.", "Nothing."),
        (" ", "Not a thing.", "Not a thing."),
        ("王芳", "我是王芳说", "我是(erased)说"),
        ("Øy (x", "øy (x", "(erased)"),
    ],
)
def test_a_name_is_found_as_it_may_be_written(name, text, left):
    assert forgetting([name])(text) == left


def test_the_longer_of_two_words_goes_first():
    assert forgetting(["mina", "mina@shop.example"])("mina@shop.example, mina") == "(erased), (erased)"


def test_without_words_a_text_stays():
    assert forgetting([])("Mina") == "Mina"
