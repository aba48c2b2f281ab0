"""axe-core, by npm (``tests/browser/npm``), in a page: what keeps somebody from reading or using it."""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "npm" / "node_modules" / "axe-core" / "axe.min.js"
# Written by Django's own scripts and shown to an administrator alone: the tooltip of a list of choices to filter.
OTHERS = [[".help-tooltip"]]
SERIOUS = ("serious", "critical")
RUN = """async ([rules, others]) => {
    const options = {resultTypes: ["violations"]};
    if (rules.length) options.runOnly = {type: "rule", values: rules};
    const found = (await axe.run({exclude: others}, options)).violations;
    return found.map(({id, impact, nodes}) => ({id, impact, where: nodes.map(node => node.target.join(" "))}));
}"""
# The colours are what differs between light and dark.
COLOURS = ("color-contrast",)


def faults(page, rules: tuple[str, ...] = ()) -> list[str]:
    """Each serious fault with the first places where it is; of all the rules, unless some are named."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(SCRIPT.read_text())
    found = page.evaluate(RUN, [list(rules), OTHERS])
    return [f"{each['id']} ({len(each['where'])}): {each['where'][:3]}" for each in found if each["impact"] in SERIOUS]


def ensure_axe() -> None:
    if not SCRIPT.exists():
        pytest.skip("needs axe-core: npm ci --prefix tests/browser/npm")
