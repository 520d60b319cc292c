"""Names as people type them: words without accents, capitals or punctuation, the same in every database.

PostgreSQL's own order and its lower() depend on the locale a database was made with. `r1540_fold` depends on
nothing: accents are taken off by the `unaccent` dictionary, Latin letters lowered under the "C" collation, and
Cyrillic ones (the only other script with capitals among the six languages) by a fixed table.
"""

import re
from functools import lru_cache
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, Func, Q, TextField, Value

from r1540 import door

CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
PUNCTUATION = "()-'\",&/<>:;!?"  # the dictionary makes these of dashes and of the quotes of every language
# Arabic as it is typed: alef without hamza, ha for ta marbuta, ya for alef maksura; and letters of Persian keyboards.
ARABIC, TYPED = "أإآٱؤئىیةک", "اااا" + "وييي" + "هك"
# What is not typed: hamza by itself, the tatweel, and the marks of vowels.
NOT_TYPED = "ء\u0640\u0670" + "".join(map(chr, range(0x64B, 0x656)))
# What nobody sees: soft hyphen, zero-width spaces and joiners, marks of direction, byte order mark.
INVISIBLE = "".join(map(chr, (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)))
SPACES = re.compile("[^\\S\x0b\x0c\x1c-\x1f\x85]+")  # not the control characters that Python takes for spaces
LINE_END = re.compile("(\r\n|\r|\n)")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # but for tabs and line ends
LONGEST = 500  # characters of a word: PostgreSQL takes 2,046 bytes, and a character has up to 4

# Schema-qualified throughout, so that it means the same under any search_path; IMMUTABLE because the dictionary
# is named, which lets generated columns and indexes rest on it. The full stops of an abbreviation fall away, of
# U.S.A. and D.R. Congo; any other is a space.
CREATE_FOLD = f"""
CREATE OR REPLACE FUNCTION public.r1540_fold(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN trim(regexp_replace(translate(regexp_replace(translate(
    lower(public.unaccent('public.unaccent'::regdictionary, translate(normalize(name, NFKC), '{INVISIBLE}', ''))
        COLLATE "C"),
    '{CYRILLIC}{ARABIC}{PUNCTUATION.replace("'", "''")}{NOT_TYPED}',
    '{CYRILLIC.lower()}{TYPED}{" " * len(PUNCTUATION)}'
), '(?<![^ .])([^ .0-9])[.]( (?=[^ .][.]))?(?![^ .][^ .])', '\\1', 'g'), '.', ' '), '[[:space:]]+', ' ', 'g'))
"""
DROP_FOLD = "DROP FUNCTION public.r1540_fold(text)"


def as_it_looks(text: str) -> str:
    """Return a text without what nobody sees, with single spaces for tabs, line ends and spaces of any kind."""
    return SPACES.sub(" ", text.translate(dict.fromkeys(map(ord, INVISIBLE)))).strip(" ")


def as_kept(field: Field, text: str) -> str:
    """Return a text as a column keeps it, typed in a form or read from a file: in NFC, as it looks; several lines only
    in a TextField. Raises ValidationError for what else is a control character."""
    text = normalize("NFC", field.to_python(text).strip())
    if control := CONTROL.search(text):
        raise ValidationError(f"The text holds the control character U+{ord(control[0]):04X}. Take it out.")
    lines = LINE_END.split(text)  # each followed by its end
    if len(lines) > 1 and not isinstance(field, TextField):
        raise ValidationError("The text holds a line end. Write it in one line.")
    lines[::2] = map(as_it_looks, lines[::2])
    return "".join(lines).strip()


class Fold(Func):
    """A text folded for sorting and searching: Côte d'Ivoire -> cote d ivoire."""

    function = "public.r1540_fold"
    arity = 1
    output_field = TextField(db_collation="C")


@lru_cache(1000)
def folded(*texts: str) -> list[str]:
    """Return the texts as the database folds them, which is the same for ever.

    It is asked before what they are compared with: a statement that is planned once for all texts would fold its own
    anew for each row (of 19,500 States "republic" took 147 ms, and takes 19).
    """
    with door.connection().cursor() as cursor:
        cursor.execute(
            "SELECT public.r1540_fold(text) FROM unnest(%s::text[]) WITH ORDINALITY given (text, place) ORDER BY place",
            [list(texts)],
        )
        return [text for (text,) in cursor.fetchall()]


class Words(Func):
    """The words of a folded text, as an index has them."""

    # Cut off before a word, a text ends with a space, and no word may be empty.
    template = f"array_to_tsvector(array_remove(string_to_array(left(%(expressions)s, {LONGEST}), ' '), ''))"
    arity = 1
    output_field = TextField()


def with_words(queryset, name: str, text: str):
    """Return the rows in which each word of `text` starts a word of the folded field `name`; none if it has no word."""
    words = folded(text)[0].split()
    return queryset.filter(*(starts_word(name, word) for word in words)) if words else queryset.none()


def starts_word(name: str, word: str) -> Q:
    """Return the condition that a word of the folded expression called `name` starts with the folded `word`.

    If that has become several, such as d'Ivoire, they stand together; if nothing, such as a hyphen, every word does.
    """
    together = Q(**{f"{name}__startswith": word}) | Q(**{f"{name}__contains": f" {word}"}) if " " in word else Q()
    return Q(has_words(name, word)) & together if word else Q()


def has_words(name: str, text: str) -> Func:
    """Return the condition that the folded expression called `name` has the words of a folded text, of the last one the
    beginning. An index of its Words serves it."""
    quoted = ["'" + word[:LONGEST].replace("\\", "\\\\").replace("'", "''") + "'" for word in text.split(" ")]
    asked = Value(" & ".join(quoted) + ":*")
    return Func(Words(name), asked, template="%(expressions)s::tsquery", arg_joiner=" @@ ", output_field=BooleanField())
