"""The results in docs/performance.md."""

START, END = "<!-- Written by make bench-page. -->", "<!-- The results end here. -->"


def with_results(page: str, text: str) -> str:
    """The page with this text between its two marks."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"the page needs the lines {START} and {END}")
    return f"{before}{start}\n\n{text}\n\n{end}{after}"
