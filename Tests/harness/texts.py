"""The texts of the pages, read from the tables of the program."""

from __future__ import annotations

import re

from .settings import ROOT

PAGES = ROOT / "Sources/TokenPages"
# The tables, each with its languages. The first one is English.
TABLES = {
    "Texts/Texts": ["Texts/English", "Texts/German"],
    "Texts/Console/ConsoleTexts": ["Texts/Console/ConsoleEnglish", "Texts/Console/ConsoleGerman"],
}


def source(name: str) -> str:
    return (PAGES / f"{name}.swift").read_text()


def names(table: str) -> list[str]:
    return re.findall(r"^    (?:var|func) (\w+)", source(table), re.M)


def constants(language: str) -> dict[str, str]:
    """The texts of a language that are no functions."""
    found = re.findall(
        r'^    let (\w+) =\s+(?:"((?:[^"\\]|\\.)*)"|"""\n(.*?)\n        """)$', source(language), re.M | re.S)
    return {name: line or re.sub(r"\\\n", "", re.sub(r"^ {8}", "", lines, flags=re.M)) for name, line, lines in found}


def texts_without_tags(language: int) -> set[str]:
    """What the tables say in a language, by its place in each table, as far as no tag is in it."""
    said = {text for languages in TABLES.values() for text in constants(languages[language]).values()}
    return {text for text in said if "{" not in text and "<" not in text}
