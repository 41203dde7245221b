"""axe-core in a person's browser: WCAG 2.2 and best practices."""

from __future__ import annotations

from importlib.resources import files

# The package brings the script; its own bindings are for another driver.
SOURCE = (files("axe_playwright_python") / "axe.min.js").read_text()

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document).then(({violations}) => done(violations.flatMap(({id, nodes}) =>
  nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`))), (error) => done([String(error)]));
"""


def findings(person) -> list[str]:
    """What axe-core finds on the page as it is now, what is folded away excepted."""
    person.driver.execute_script(SOURCE)
    return person.driver.execute_async_script(RUN)
