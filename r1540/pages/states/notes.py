"""The numbered notes of a page: each source once, with the places on the page that cite it."""

from dataclasses import dataclass, field

from states.models import Source


@dataclass
class Note:
    """A source in the list at the end of a page; `cited_by` has the anchor and the words of each place citing it."""

    number: int
    source: Source
    cited_by: list[tuple[str, str]] = field(default_factory=list)


class Notes:
    """The notes of one page, numbered in the order in which they are first cited."""

    def __init__(self):
        self.by_reference: dict[str, Note] = {}

    def cite(self, row, anchor: str, words: str) -> list[Note]:
        """Return the notes of the sources of a row, which stands on the page at an anchor and reads like `words`."""
        cited = []
        for source in row.sources.all():
            note = self.by_reference.setdefault(source.reference, Note(len(self.by_reference) + 1, source))
            note.cited_by.append((anchor, words))
            cited.append(note)
        return sorted(cited, key=lambda note: note.number)

    def __iter__(self):
        return iter(self.by_reference.values())

    def __len__(self) -> int:
        return len(self.by_reference)
