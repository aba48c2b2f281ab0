"""What no tool of the shelf holds: nothing writes around the actions, code stays short, and the documents are fresh."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from issues.policy import STEPS

ROOT = Path(__file__).parent.parent
APPS = ("accounts", "common", "config", "events", "issues", "orders", "refunds")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted(path for folder in ("tests", "bench", "chaos") for path in (ROOT / folder).rglob("*.py"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# Whatever names one of the three governed models, or their rows, in a chain of calls and attributes.
GOVERNED = re.compile(r"(issue|refund|approval)s?", re.IGNORECASE)
WRITES = re.compile(r"save|update|delete|create|get_or_create|update_or_create|bulk_\w+")
TRACELESS = re.compile(r"update|delete|bulk_\w+")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def found_in(paths: list[Path], search: Callable[[Path], Iterable]) -> dict[str, list]:
    """What ``search`` finds, by the file it is found in."""
    assert paths
    return {name_of(path): found for path in paths if (found := list(search(path)))}


def chain(node: ast.expr) -> Iterator[str]:
    """``Issue.objects.filter(order=1)`` as ``filter``, ``objects``, ``Issue``: without the arguments."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return
    yield node.id


def governed_writes(tree: ast.AST, methods: re.Pattern[str]) -> list[str]:
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and methods.fullmatch(node.func.attr)
        and any(GOVERNED.fullmatch(name) for name in chain(node.func.value))
    ]


def may_write(path: Path) -> bool:
    return "actions" in path.parts or "models" in path.parts or path.name == "models.py"


@pytest.mark.parametrize(
    "source",
    [
        "issue.save()",
        "Issue.objects.filter(pk=1).update(status='closed')",
        "order.refunds.all().delete()",
        "self.issue.approvals.bulk_update(rows, ['status'])",
        "Refund.objects.create(amount=1)",
    ],
)
def test_the_search_finds_a_write(source):
    assert governed_writes(ast.parse(source), WRITES)


@pytest.mark.parametrize("source", ["order.save()", "Order.objects.filter(pk=refund.order_id).update(version=2)"])
def test_the_search_leaves_other_writes_alone(source):
    assert not governed_writes(ast.parse(source), WRITES)


def test_issues_refunds_and_approvals_are_written_by_actions_alone():
    paths = [path for path in SOURCES if not may_write(path)]
    assert found_in(paths, lambda path: governed_writes(parse(path), WRITES)) == {}


def test_actions_write_governed_rows_by_save_so_that_the_audit_sees_it():
    paths = [path for path in SOURCES if "actions" in path.parts]
    assert found_in(paths, lambda path: governed_writes(parse(path), TRACELESS)) == {}


def imports(tree: ast.AST) -> set[str]:
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return named | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


RULES = ("policy.py", "rules.py", "routing.py", "sla.py", "workflow.py", "allowance.py", "record.py", "actor.py")


def test_no_action_model_or_rule_knows_http():
    doors = re.compile(r"rest_framework|\w+\.(api|web|admin)\b|django\.http")
    paths = [path for path in SOURCES if may_write(path) or path.name in RULES]
    assert found_in(paths, lambda path: filter(doors.match, imports(parse(path)))) == {}


def test_the_desk_has_one_clock():
    clocks = {"timezone.now", "timezone.localdate", "datetime.now", "datetime.utcnow", "date.today"}

    def readings(path: Path) -> set[str]:
        return clocks & {ast.unparse(node.func) for node in ast.walk(parse(path)) if isinstance(node, ast.Call)}

    assert found_in(SOURCES, readings) == {"common/clock.py": ["timezone.now"]}


def test_there_is_one_signal_receiver():
    receiver = re.compile(r"^@receiver\(|(pre|post|m2m)_\w+\.connect\(", re.MULTILINE)
    assert [name_of(path) for path in SOURCES if receiver.search(path.read_text())] == ["common/audit.py"]


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


def test_functions_are_short():
    assert found_in(SOURCES + TESTS, lambda path: [name for name, lines in functions(parse(path)) if lines > 40]) == {}


def positional(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [each.arg for each in [*node.args.posonlyargs, *node.args.args]]
            yield node.name, len([name for name in names if name not in ("self", "cls")])


def test_functions_take_few_values_by_position():
    djangos_own = ("_do_insert", "_do_update")
    many = found_in(SOURCES, lambda path: [name for name, count in positional(parse(path)) if count > 4])
    assert many == {"common/prepared.py": list(djangos_own)}


def test_files_are_short():
    def is_long(path: Path) -> list[int]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        return [lines] if lines > (120 if path.parent.name == "actions" else 300) else []

    assert found_in(SOURCES + TESTS, is_long) == {}


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
    assert found_in(SOURCES + TESTS, lambda path: later.findall(path.read_text(encoding="utf-8"))) == {}


def distribution(requirement: str) -> str:
    return re.match(r"[\w.-]+", requirement)[0].lower()


def declared() -> dict[str, set[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {"run": project["dependencies"], **project["optional-dependencies"]}
    return {group: {distribution(each) for each in requirements} for group, requirements in groups.items()}


@pytest.mark.parametrize("path", LOCKS, ids=name_of)
def test_a_lock_file_names_hashes_and_no_addresses(path):
    text = path.read_text()
    assert "://" not in text
    pinned = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
    assert pinned
    assert len(re.findall(r"^[\w.-]+==.*\\\n +--hash=sha256:", text, re.MULTILINE)) == len(pinned)


def test_the_lock_files_hold_what_their_names_say():
    groups = declared()
    wanted = {
        "requirements.lock": groups["run"],
        "requirements-test.lock": groups["run"] | groups["test"],
        "requirements-dev.lock": set().union(*groups.values()),
    }
    assert [path.name for path in LOCKS] == sorted(wanted)
    for path in LOCKS:
        pinned = set(re.findall(r"^([\w.-]+)==", path.read_text(), re.MULTILINE))
        assert wanted[path.name] <= pinned
    assert not groups["test"] & set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


def test_every_dependency_has_its_line_in_the_decisions():
    text = (ROOT / "docs/adr/0010-dependencies.md").read_text()
    table = text[: text.index("Left out")]
    missing = {name for names in declared().values() for name in names if name.removesuffix("-stubs") not in table}
    assert missing == set()


def test_every_setting_of_the_environment_is_documented():
    settings = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    names = set(re.findall(r"""(?:env\.\w+|required)\(\s*["']([A-Z_]+)["']""", settings))
    assert names
    example = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    readme = set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text()))
    assert names - example == set()
    assert names - readme == set()
    assert example - names == set()


def test_the_drawing_of_the_workflow_is_fresh(capsys):
    call_command("graph_transitions", "issues.Issue")
    assert sorted(capsys.readouterr().out.split("\n")) == sorted((ROOT / "docs/workflow.dot").read_text().split("\n"))


def test_the_drawing_in_the_documentation_is_fresh():
    drawn = re.findall(r"^    (\w+) --> (\w+): (\w+)$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)
    assert sorted(drawn) == sorted((source, target, step) for (source, target), step in STEPS.items())


def test_the_documents_link_to_what_is_there():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert [(name_of(page), link) for page, link in links if not (page.parent / link).exists()] == []


def test_the_hooks_fetch_nothing():
    assert "://" not in (ROOT / ".pre-commit-config.yaml").read_text()
