"""What may stand in the cell of a CSV file that somebody opens as a spreadsheet."""

import unicodedata

FORMULA = "=+-@"
SPACE, NO_WIDTH, CONTROL = "Zs", "Cf", "Cc"  # kinds of characters, as Unicode names them


def harmless(text: str) -> str:
    """``text``, behind an apostrophe where a spreadsheet would compute it: also after spaces, or in full width."""
    begins = next(filter(is_seen, unicodedata.normalize("NFKC", text)), " ")
    return f"'{text}" if begins in FORMULA or unicodedata.category(begins) == CONTROL else text


def is_seen(character: str) -> bool:
    return unicodedata.category(character) not in (SPACE, NO_WIDTH)
