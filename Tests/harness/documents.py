"""What tests read in the documentation: the code blocks, which they run, and the list of metrics."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .settings import ROOT

PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced code block: its page, its language, the number of this language's blocks before it, and its text."""

    page: str
    language: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.language}:{self.number}"


def blocks(*languages: str) -> list[Block]:
    """The blocks of the languages in all pages; without a language, all blocks."""
    found = []
    for page in PAGES:
        counts: dict[str, int] = {}
        fences = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
        for language, text in fences:
            found.append(Block(page, language, counts.get(language, 0), text))
            counts[language] = counts.get(language, 0) + 1
    return [block for block in found if not languages or block.language in languages]


def block(page: str, language: str, number: int = 0) -> Block:
    (found,) = [one for one in blocks(language) if (one.page, one.number) == (page, number)]
    return found


def documented_metrics() -> dict[str, tuple[str, list[str]]]:
    """Type and labels by name, as docs/metrics.md lists them."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    return {name: (kind, re.findall(r"`(\w+)`", labels)) for name, kind, labels in rows}
