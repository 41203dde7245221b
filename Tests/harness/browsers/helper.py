"""heirloom.js in a page."""

from __future__ import annotations

# What loads it where the page has not.
LOAD = """
if (!window.heirloomHere) {
    await new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = "/heirloom.js";
        script.onload = resolve;
        document.head.append(script);
    });
    window.heirloomHere = heirloom;
}
"""


def generation(person) -> int:
    """The generation of the session that a person is signed in to."""
    return person.run("return (await (await fetch('/v1/session')).json()).generation")
