"""Names as people type them: words without accents, capitals or punctuation, the same in every database.

PostgreSQL's own order and its lower() depend on the locale a database was made with. `r1540_fold` depends on
nothing: accents are taken off by the `unaccent` dictionary, Latin letters lowered under the "C" collation, and
Cyrillic ones (the only other script with capitals among the six languages) by a fixed table.
"""

import re

from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Concat

CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
PUNCTUATION = "()-'.,&/"

# Schema-qualified throughout, so that it means the same under any search_path; IMMUTABLE because the dictionary
# is named, which lets generated columns and indexes rest on it.
CREATE_FOLD = f"""
CREATE FUNCTION public.r1540_fold(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN trim(regexp_replace(translate(
    lower(public.unaccent('public.unaccent'::regdictionary, normalize(name, NFC)) COLLATE "C"),
    '{CYRILLIC}{PUNCTUATION.replace("'", "''")}', '{CYRILLIC.lower()}{" " * len(PUNCTUATION)}'
), ' +', ' ', 'g'))
"""
DROP_FOLD = "DROP FUNCTION public.r1540_fold(text)"


class Fold(Func):
    """A text folded for sorting and searching: Côte d'Ivoire -> cote d ivoire."""

    function = "public.r1540_fold"
    arity = 1
    output_field = TextField(db_collation="C")


def with_words(queryset, name: str, text: str):
    """The rows in which each word of `text` starts a word of the folded field `name`; none if it has no word."""
    words = re.findall(r"\w+", text)
    return queryset.filter(*(starts_word(name, word) for word in words)) if words else queryset.none()


def starts_word(name: str, text: str) -> Q:
    """Whether a word of the folded expression called `name` starts with `text` (or the whole of it does)."""
    return Q(**{f"{name}__startswith": Fold(Value(text))}) | Q(
        **{f"{name}__contains": Concat(Value(" "), Fold(Value(text)), output_field=TextField())}
    )
