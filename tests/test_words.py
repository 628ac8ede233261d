"""What people read: messages and help in short sentences of common words, one spelling of Fréchet."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "sparring"
MODULES = sorted(SOURCE.rglob("*.py"))
PAGES = sorted(SOURCE.rglob("*.html"))
DOCS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]

LONGEST = 25
TURNS = (
    "to be had",
    "as it were",
    "no such thing as",
    "whence",
    "thereof",
    "whereupon",
    "which see",
    "what says so",
    "says so of",
    "learnt of",
    "reads of",
    "so that it be",
    "so to say",
)
"""Banned everywhere: a reader who is not a native speaker has to read them twice."""
MESSAGES = (
    *TURNS,
    "without saying so",
    "nor",
    "anew",
    "nobody",
    "whoever",
    "whatever",
    "of one's own",
    "lies in",
    "lie in",
)
"""Banned in messages, help texts and pages."""
SCRIPTS = {"BASH", "ZSH", "FISH"}
"""Names of programs for shells, which nobody reads as text."""
HELP = ("cli", "recipes", "data/preparation.py", "runs/own/recipe.py")
"""Where the docstrings of dataclasses and of their fields are help texts."""


def text(node):
    """The text of a literal, {} for each of its values; None of other nodes."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [text(node.left), text(node.right)]
        return None if None in parts else "".join(parts)
    return None


def docstrings(tree):
    """All strings that are statements: docstrings, also of fields and of names."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and text(node.value) is not None}


def literals(node, skipped):
    """Line and text of each literal below a node, those inside the values of other literals too."""
    if id(node) in skipped or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in SCRIPTS):
        return
    if isinstance(node, ast.keyword) and node.arg == "python":
        return  # code, which is run where it is tested
    found = text(node)
    if found is not None:
        yield node.lineno, found
        inside = [part for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]
    else:
        inside = ast.iter_child_nodes(node)
    for part in inside:
        yield from literals(part.value if isinstance(part, ast.FormattedValue) else part, skipped)


def helps(tree):
    """Line and text of what `--help` shows: the docstrings of dataclasses and of their fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(d) for d in node.decorator_list):
            above = [node, *node.body]
            for before, each in zip(above, node.body, strict=False):
                shown = before is node and "Attributes:" not in ast.unparse(each)
                if isinstance(each, ast.Expr) and (shown or isinstance(before, ast.AnnAssign)):
                    yield each.lineno, each.value.value


def read(file):
    """Line and text of all that a module tells people."""
    tree = ast.parse(file.read_text())
    is_help = str(file.relative_to(SOURCE)).startswith(HELP)
    return [*literals(tree, docstrings(tree)), *(helps(tree) if is_help else ())]


def page(file):
    """Line and text of a page: its paragraphs, labels and what its program writes."""
    content = re.sub(r"<style>.*?</style>|<!--.*?-->", "", file.read_text(), flags=re.DOTALL)
    programs = re.findall(r"<script>(.*?)</script>", content, flags=re.DOTALL)
    said = [found for program in programs for found in re.findall(r'"[^"\n]*"|`[^`\n]*`', program)]
    content = re.sub(r"<script.*?</script>", "", content, flags=re.DOTALL)
    return [(0, each) for each in (*paragraphs(content), *said, *re.findall(r'(?:aria-label|alt)="([^"]*)"', content))]


def paragraphs(markup):
    """The texts in HTML, a block of text each."""
    blocks = re.split(r"</?(?:p|li|h\d|td|th|tr|div|section|footer|header|main|button|legend|dt|dd|br)\b[^>]*>", markup)
    return [" ".join(re.sub(r"<[^>]*>", " ", block).split()) for block in blocks]


def sentences(words):
    """Sentences: up to a full stop, question mark or exclamation mark and a space, or to an empty line.

    Colons, semicolons and ends of lines divide nothing; an item of an indented list or a line of usage is one.
    """
    words = re.sub(r"\b(et al|vs|e\.g|i\.e)\.", r"\1", words)
    for part in re.split(r"(?<=[.!?])[\"')]*\s+|\n\s*\n|\n(?=\s{2,}\S)", words):
        yield from part.split("\n") if part.startswith(("usage:", "sparring ")) else [part]


def wrong(words):
    """What is wrong with a text that people read."""
    if "<" in words and "</" in words:
        words = "\n\n".join(paragraphs(words))
    for sentence in sentences(words):
        if len(sentence.split()) > LONGEST:
            yield f"{len(sentence.split())} words: {sentence}"
    yield from (f"says {turn!r}: {words}" for turn in MESSAGES if said(turn, words))


def said(turn, words):
    return re.search(rf"\b{turn}\b", " ".join(words.split()), re.IGNORECASE)


@pytest.mark.parametrize("file", [*MODULES, *PAGES], ids=lambda file: str(file.relative_to(SOURCE)))
def test_messages_are_short_and_plain(file):
    told = page(file) if file.suffix == ".html" else read(file)
    assert not [f"line {line}: {fault}" for line, words in told for fault in wrong(words)]


@pytest.mark.parametrize("file", [*MODULES, *PAGES, *DOCS], ids=lambda file: str(file.relative_to(ROOT)))
def test_frechet_has_one_spelling(file):
    """In texts; names in code are `frechet`."""
    assert not re.findall(r"\bF(?:rechet|RECHET)\b|\bfréchet\b|\bFre\u0301chet\b", file.read_text())


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_docs_have_no_banned_turns(file):
    assert not [turn for turn in TURNS if said(turn, file.read_text())]


def test_a_long_sentence_is_found():
    long = " ".join(["word"] * 26)
    assert list(wrong(f"One. {long}. Two.")) == [f"26 words: {long}."]
    assert list(wrong(f"got {long[:-5]}: do this")) == [f"28 words: got {long[:-5]}: do this"]
    assert not list(wrong(f"{long[:-5]}. {long[:-5]}\n\n{long[:-5]}"))
    assert list(wrong("there is none to be had")) == ["says 'to be had': there is none to be had"]


def test_all_literals_are_read():
    tree = ast.parse("'a'\nclass A:\n    'b'\n    x: int\n    'c'\nprint(f'd {1} {\"e\" if x else y}' + 'g', f'f {2}')")
    assert [words for _, words in literals(tree, docstrings(tree))] == ["d {} {}g", "e", "f {}"]


def test_help_is_read():
    found = dict(chain.from_iterable(((words, line),) for line, words in read(SOURCE / "cli" / "evaluate.py")))
    assert "Print JSON." in found
    assert any(words.startswith("Measure a run") for words in found)
