"""Write train.jsonl and val.jsonl from judgments/*.json. Run after editing a judgment: python data/sample/build.py"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
INSTRUCTIONS = {
    "outcome_analysis": "Analyze the outcome of this judgment: what was decided, why, and with what result.",
    "summarization": "Summarize this judgment: the parties, the question, the reasoning and the result.",
    "info_extraction": "Extract the key facts of this judgment: court, case number, date, parties, provisions, result.",
    "research_qa": "Answer the question from this judgment alone. Question: {question}",
}
METADATA = (
    "cnr",
    "court",
    "case_number",
    "date",
    "language",
    "disposal_nature",
    "outcome",
    "polarity",
    "parties",
    "statutes",
    "citations",
    "case_names",
)


def records(judgment: dict[str, Any]) -> list[dict[str, Any]]:
    """The instruction records of one judgment, in the form of Phase 2."""
    metadata = {key: judgment[key] for key in METADATA} | {"fictional": True}
    return [
        {
            "instruction": INSTRUCTIONS[record["task_type"]].format(question=record.get("question")),
            "input": judgment["input"],
            "output": record["output"],
            "metadata": metadata | {"task_type": record["task_type"]},
        }
        for record in judgment["records"]
    ]


def build(folder: Path = FOLDER) -> dict[str, list[dict[str, Any]]]:
    """The records of both splits, in the order of the judgments' numbers."""
    splits: dict[str, list[dict[str, Any]]] = {"train": [], "validation": []}
    for path in sorted((folder / "judgments").glob("*.json")):
        judgment = json.loads(path.read_text(encoding="utf-8"))
        splits[judgment["split"]] += records(judgment)
    return splits


if __name__ == "__main__":
    for split, name in (("train", "train.jsonl"), ("validation", "val.jsonl")):
        rows = build()[split]
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (FOLDER / name).write_text("".join(lines), encoding="utf-8")
        print(f"{name}: {len(rows)} records")
