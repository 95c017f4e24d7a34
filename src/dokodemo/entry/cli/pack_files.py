"""Which files a pack may have (自治体パックのファイル一覧): one with another name would be read by nobody, in silence.

Owns the list. Never opens a file: its shape is each domain's own.
"""

from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from dokodemo.kernel.packs import Pack, Problem

# A star stands for a name within one folder.
READ = (
    "pack.yaml",
    "appeals.yaml",
    "findings.yaml",
    "forbidden_questions.yaml",
    "life_events.yaml",
    "synonyms.yaml",
    "topics.yaml",
    "demo/names.yaml",
    "demo/people.yaml",
    "demo/population.yaml",
    "demo/promotion.yaml",
    "demo/towns.yaml",
    "inventory/codes.yaml",
    "inventory/estimate.yaml",
    "inventory/everyday/*.yaml",
    "inventory/priority.yaml",
    "letters/*.typ",
    "national/*.yaml",
    "organisation/districts.yaml",
    "organisation/sections.yaml",
    "parameters/*.yaml",
    "plan/actions.yaml",
    "plan/costs.yaml",
    "plan/indicators.yaml",
    "plan/logic_models.yaml",
    "plan/observations.yaml",
    "plan/plan.yaml",
    "plan/plans/*.yaml",
    "plan/promotion.yaml",
    "plan/surveys.yaml",
    "plan/tasks.yaml",
    "plan/training.yaml",
    "plan/wall.yaml",
    "procedures/*/examples.yaml",
    "procedures/*/letters/*.typ",
    "procedures/*/procedure.yaml",
    "reform/rules.yaml",
    "reform/systems.yaml",
    "vocabulary/*.yaml",
)
# What people keep beside the data for themselves.
NOTES = ("*.md", "LICENSE*")
ALIKE = 0.7


def files_have_readers(pack: Pack) -> list[Problem]:
    """Every file of every layer has a name that something reads."""
    return [
        Problem(f"{layer.label}/{path}", None, "Nothing reads a file of this name", _remedy(path))
        for layer in pack.layers
        for path in layer.paths("**/*")
        if not is_read(path) and not any(fnmatchcase(path.rpartition("/")[2], note) for note in NOTES)
    ]


def is_read(path: str) -> bool:
    """Whether a relative path is that of a file which something reads."""
    return any(_fits(path, pattern) for pattern in READ)


def _fits(path: str, pattern: str) -> bool:
    steps, wanted = path.split("/"), pattern.split("/")
    return len(steps) == len(wanted) and all(map(fnmatchcase, steps, wanted))


def _remedy(path: str) -> str:
    steps = path.split("/")
    likeness, meant = max(
        (SequenceMatcher(None, path, one).ratio(), one)
        for one in (_named_as(steps, pattern) for pattern in READ)
    )
    if likeness >= ALIKE:
        return f'Did you mean "{meant}"?'
    return "Rename it, or move it out of the pack; docs/guide/procedures.md lists what a pack may have"


def _named_as(steps: list[str], pattern: str) -> str:
    """The pattern with the path's own names in the places of its stars, so that the two can be compared."""
    names = [*(step.rpartition(".")[0] or step for step in steps), *[""] * len(pattern.split("/"))]
    return "/".join(one.replace("*", name) for one, name in zip(pattern.split("/"), names, strict=False))
