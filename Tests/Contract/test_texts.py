"""The table of texts: every language has the same, no page has text of its own, and every text is used."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from harness.texts import PAGES, TABLES, constants, names, source

TEMPLATES = {path.name: path.read_text() for path in sorted((PAGES / "Templates").glob("*.mustache"))}
ENGLISH = {language: languages[0] for languages in TABLES.values() for language in languages}
# What a template and the code call each table.
PREFIXES = {"Texts/Texts": r"(?:[tT]ext|TEXT|\$0)", "Texts/Console/ConsoleTexts": "console"}


@pytest.mark.parametrize("table", TABLES)
def test_the_reader_of_this_test_finds_all_texts(table):
    assert len(names(table)) > 150
    for language in TABLES[table]:
        functions = re.findall(r"^    func (\w+)", source(language), re.M)
        # The compiler checks that none is missing.
        assert sorted([*constants(language), *functions]) == sorted(names(table))


@pytest.mark.parametrize("language", [language for language, english in ENGLISH.items() if language != english])
def test_a_text_has_the_tags_and_elements_of_the_english_one(language):
    english = constants(ENGLISH[language])
    for name, text in constants(language).items():
        for pattern in (r"\{\{.*?\}\}", r"\{\w+\}", r"<.*?>"):
            assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, english[name])), name


@pytest.mark.parametrize("language", ENGLISH)
def test_a_text_fits_into_an_attribute_and_has_no_other_markup(language):
    for name, text in constants(language).items():
        assert text.strip() == text and text, name
        assert not re.search(r'["&]|\{\{\{|\{\{[^a-z]', text), name
        assert set(re.findall("<.*?>", text)) <= {"<strong>", "</strong>", "<code>", "</code>"}, name


@pytest.mark.parametrize("template", TEMPLATES)
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
    reader.feed(re.sub(r"\{\{\{?.*?\}?\}\}", "", TEMPLATES[template]))
    texts = [text for text in reader.texts if re.search(r"\w", text)]
    assert texts in ([], ["eyJ…"], ["en"], ["https://accounts.google.com"])


@pytest.mark.parametrize("table", TABLES)
def test_every_text_is_used(table):
    pages = "".join(path.read_text() for path in PAGES.rglob("*.swift") if "Texts" not in path.parts)
    used = pages + "".join(TEMPLATES.values()) + (PAGES / "Templates/inspect.js").read_text()
    assert [name for name in names(table) if not re.search(rf"{PREFIXES[table]}\.{name}\b", used)] == []


def test_every_text_of_a_template_is_in_its_table():
    for table, prefix in (("Texts/Texts", "text"), ("Texts/Console/ConsoleTexts", "console")):
        named = {name for text in TEMPLATES.values() for name in re.findall(rf"\{{\{{{prefix}\.(\w+)", text)}
        assert named - {*names(table), "script"} == set()


def test_the_script_has_no_text_of_its_own():
    source = re.sub(r"^ *//.*$", "", (PAGES / "Templates/inspect.js").read_text(), flags=re.M)
    literals = re.findall(r'"([^"\n]*)"|`([^`]*)`', source)
    assert [text for pair in literals for text in pair if re.search(r"\w \w|[A-Z][a-z]+ ?[.:]", text)] == ["use strict"]
