"""Values that nobody means well with."""

from urllib.parse import quote

NASTY = [
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "'",
    '"',
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "${7*7}",
    "\u0000",
    "\r\nSet-Cookie: a=b",
    "\u202e",
    "é",
    "乍得",
    "𝒳",
    "\ud83d",
    "a" * 300,
    "0001-01-01",
    "9999-12-31",
    "2013-01-15T00:00",
    "2013-13-01",
    "٢٠١٣-٠١-١٥",
    "&|!:*",
    "(((",
    "Africa\u0000",
    "Africa ",
    "AFRICA",
    "TCD",
    "[..2013]",
    "S/AC.44/2004/(02)/22",
]


def encoded(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"))
