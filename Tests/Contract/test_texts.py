"""The table of texts: every language has the same, no page has text of its own, and every text is used."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from harness import ROOT

PAGES = ROOT / "Sources/TokenPages"
TEMPLATES = {path.name: path.read_text() for path in sorted((PAGES / "Templates").glob("*.mustache"))}
# The console is in English.
TRANSLATED = {name: text for name, text in TEMPLATES.items() if not name.startswith("console-")}
NAMES = re.findall(r"^    (?:var|func) (\w+)", (PAGES / "Texts/Texts.swift").read_text(), re.M)
LANGUAGES = ["English", "German"]


def constants(language: str) -> dict[str, str]:
    """The texts of a language that are no functions."""
    source = (PAGES / f"Texts/{language}.swift").read_text()
    found = re.findall(r'^    let (\w+) =\s+(?:"((?:[^"\\]|\\.)*)"|"""\n(.*?)\n        """)$', source, re.M | re.S)
    return {name: line or re.sub(r"\\\n", "", re.sub(r"^ {8}", "", lines, flags=re.M)) for name, line, lines in found}


def test_the_reader_of_this_test_finds_all_texts():
    assert len(NAMES) > 150
    for language in LANGUAGES:
        source = (PAGES / f"Texts/{language}.swift").read_text()
        functions = re.findall(r"^    func (\w+)", source, re.M)
        # The compiler checks that none is missing.
        assert sorted([*constants(language), *functions]) == sorted(NAMES)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_text_has_the_tags_and_elements_of_the_english_one(language):
    for name, text in constants(language).items():
        for pattern in (r"\{\{.*?\}\}", r"\{\w+\}", r"<.*?>"):
            assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, constants("English")[name])), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_fits_into_an_attribute_and_has_no_other_markup(language):
    for name, text in constants(language).items():
        assert text.strip() == text and text, name
        assert not re.search(r'["&]|\{\{\{|\{\{[^a-z]', text), name
        assert set(re.findall("<.*?>", text)) <= {"<strong>", "</strong>", "<code>", "</code>"}, name


@pytest.mark.parametrize("template", TRANSLATED)
def test_a_template_has_no_text_of_its_own(template):
    class Reader(HTMLParser):
        texts: list[str] = []

        def handle_data(self, data):
            self.texts.append(data)

        def handle_starttag(self, tag, attributes):
            self.texts += [value or "" for name, value in attributes
                           if name in ("title", "alt", "placeholder", "aria-label", "lang")]

    # The tags of the template go first, because they are within tags of HTML.
    reader = Reader()
    reader.texts = []
    reader.feed(re.sub(r"\{\{\{?.*?\}?\}\}", "", TRANSLATED[template]))
    assert [text for text in reader.texts if re.search(r"\w", text)] in ([], ["eyJ…"], ["en"])


def test_every_text_is_used():
    pages = "".join(path.read_text() for path in PAGES.rglob("*.swift") if path.parent.name != "Texts")
    used = pages + "".join(TRANSLATED.values()) + (PAGES / "Templates/inspect.js").read_text()
    assert [name for name in NAMES if not re.search(rf"(?:[tT]ext|TEXT|\$0)\.{name}\b", used)] == []


def test_the_script_has_no_text_of_its_own():
    source = re.sub(r"^ *//.*$", "", (PAGES / "Templates/inspect.js").read_text(), flags=re.M)
    literals = re.findall(r'"([^"\n]*)"|`([^`]*)`', source)
    assert [text for pair in literals for text in pair if re.search(r"\w \w|[A-Z][a-z]+ ?[.:]", text)] == ["use strict"]
