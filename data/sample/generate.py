"""Make instruction records of invented cases, any number of them, with known truth and, where asked, planted faults.

python data/sample/generate.py OUT_DIR --rows 8000 --seed 1 --faults all

train.jsonl and val.jsonl are in the form of Phase 2; truth.jsonl says of each line what is true of its case and which
fault it carries. Judgments are put together from the sentences in generator/tables. One case is in memory at a time.
"""

import argparse
import json
import sys
from pathlib import Path

if not __package__:  # run as a file: Python then looks for modules beside it, not in the project
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data.sample.generator.faults.catalogue import FAULTS, LEAKS
from data.sample.generator.judgments import MARK
from data.sample.generator.statutes import ACT_NAMES, HINDI_ACT_NAMES
from data.sample.generator.writing import generate

__all__ = ["ACT_NAMES", "FAULTS", "HINDI_ACT_NAMES", "LEAKS", "MARK", "generate", "main"]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=generate.__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="OUT_DIR")
    parser.add_argument("--rows", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--validation-share", type=float, default=0.1)
    parser.add_argument("--mean-words", type=int, default=3000)
    parser.add_argument("--faults", default="none", metavar="none|all|NAME[,NAME]")
    parser.add_argument("--fault-share", type=float, default=0.02)
    try:
        print(json.dumps(generate(**vars(parser.parse_args()))))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
