"""`python -m bench apply | eligibility | guide | pages | plan | writes [--json]`: one measurement each.

Owns the choice of the measurement and how its result is printed. Progress goes to standard error, results to standard
output, so that `--json` can be piped.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.city import NotMeasured

MEASUREMENTS = {
    "guide": "Questions of the guide beside all conditions.",
    "apply": "Complete applications per second, beside a bare form.",
    "eligibility": "Rules over a whole register, beside NumPy.",
    "pages": "Weight and server time of every public page.",
    "plan": "Pages and counters of a plan of the largest size.",
    "writes": "How long writers wait for their turn.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one measurement; 0 when it could be measured, whatever the numbers say, else 1 and the reason."""
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="\n".join(f"{name:<11} {what}" for name, what in MEASUREMENTS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("measurement", choices=MEASUREMENTS)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--quick", action="store_true", help="a few requests only: shows that it runs, measures nothing"
    )
    parser.add_argument(
        "--kept",
        type=Path,
        metavar="FOLDER",
        help="of `plan`: where its city is kept, so that its records are written once and measured many times",
    )
    chosen = parser.parse_args(arguments)
    if chosen.kept is not None and chosen.measurement != "plan":
        parser.error("--kept is of `plan`")
    module = importlib.import_module(f"bench.{chosen.measurement}")
    more = {"kept": chosen.kept} if chosen.kept is not None else {}
    try:
        result = module.measure(quick=chosen.quick, **more)
    except NotMeasured as why:
        print(f"Not measured: {why}", file=sys.stderr)
        return 1
    print(json.dumps(result, ensure_ascii=False, indent=1) if chosen.json else module.table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
