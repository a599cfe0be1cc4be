"""What a row is by itself: the planted faults are found, good rows are left alone, and no text takes long."""

import hashlib
import json
import time
import tracemalloc
from collections import Counter
from math import floor
from pathlib import Path

import pytest

from data.sample.generate import generate
from nyay_lib.base_model.on_disk import find_tokenizer
from nyay_lib.config import ModelConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.checks import quarantined, rejected
from nyay_lib.data.examine import Rules, judge, masked_record
from nyay_lib.data.records import QUARANTINES, REJECTS, Line, Record, content, read_records
from nyay_lib.data.seen import Digests, record_digest
from nyay_lib.data.survey import Source, survey
from nyay_lib.prompt import chat_format
from tests.nyay_lib.data.checks.rows import ANSWER, JUDGMENT, row

REST = ("near_duplicate",)  # compared between files, not row by row


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    _, tokenizer = find_tokenizer(ModelConfig(name="embedded:tiny-random"), tmp_path_factory.mktemp("cache"))
    return Rules(Budget(tokenizer, chat_format(tokenizer.get_vocab()), 2048))


def test_identifiers_are_masked_in_what_is_learned_and_kept_where_the_switch_is_off(rules: Rules) -> None:
    told = row(ANSWER, JUDGMENT + " His mobile number is 9876543210.")
    record, counts = masked_record(told)
    assert record.input.endswith("His mobile number is [PHONE].") and counts == {"PHONE": 1}
    for switch, words in ((True, "[PHONE]."), (False, "9876543210.")):
        judged = judge(line_of(told), Rules(rules.budget, switch, make=lambda record, digest: record.input))
        assert judged.said and judged.said.made.endswith(words)
        assert judged.said.masked == ({"PHONE": 1} if switch else {})


def line_of(record: Record) -> Line:
    told = content(record) | {"metadata": {"cnr": record.cnr, "task_type": record.task_type}}
    return record.id, json.dumps(told).encode()


def test_an_accepted_row_tells_its_tokens_and_a_rejected_one_has_no_sketch(rules: Rules) -> None:
    assert rules.budget
    good, short = judge(line_of(row()), rules).said, judge(line_of(row("Dismissed.")), rules).said
    assert good and short and good.sketch and short.sketch is None
    assert good.tokens == rules.budget.row_tokens(row().instruction, row().input, row().output)


def test_duplicates_differ_in_blanks_and_letter_case_alone() -> None:
    one = record_digest(row())
    assert record_digest(row(ANSWER.replace(" ", "\u00a0 ").upper())) == one
    assert record_digest(row(ANSWER + " x")) != one
    assert record_digest(row(ANSWER, JUDGMENT + ANSWER)) != record_digest(row(ANSWER + ANSWER, JUDGMENT))


def test_digests_are_told_apart_however_many_and_where_each_came_first() -> None:
    seen = Digests()
    digests = [record_digest(row(str(n))) for n in range(5000)]
    assert [seen.add(digest, place) for place, digest in enumerate(digests)] == [None] * len(digests)
    assert [seen.add(digest, 0) for digest in digests] == list(range(len(digests)))
    assert len(seen) == 5000


def test_a_digest_and_its_place_take_some_eighty_bytes() -> None:
    digests = [hashlib.sha256(str(n).encode()).digest()[:16] for n in range(20_000)]
    tracemalloc.start()
    seen = Digests()
    for place, digest in enumerate(digests):
        seen.add(digest, place)
    peak = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert peak < 80 * len(digests)


def found_by_class(folder: Path, rules: Rules) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Reasons found by planted class, and those found in clean rows."""
    truth = {f"{t['file']}:{t['line']}": t["fault"] for t in map(json.loads, (folder / "truth.jsonl").open())}
    found: dict[str, Counter[str]] = {}
    clean: Counter[str] = Counter()
    for name in ("train.jsonl", "val.jsonl"):
        with survey([Source(folder / name, is_validation=False)], rules) as surveyed:
            for settled in surveyed.rows():
                reason = settled.row.fault.reason if settled.row.fault else "accepted"
                if planted := truth[settled.row.id]:
                    found.setdefault(planted, Counter())[reason] += 1
                else:
                    clean[reason] += 1
    return found, clean


def hold(found: dict[str, Counter[str]], clean: Counter[str]) -> None:
    """Print the table by class; every reject is found, 95 % of the quarantine, and 1 % of the clean rows at most."""
    for planted, counts in sorted(found.items()):
        print(f"{planted:24}{counts[planted]:5} of {counts.total():5}  {dict(counts)}")
    print(f"{'clean rows touched':24}{clean.total() - clean['accepted']:5} of {clean.total():5}  {dict(clean)}")
    for planted, counts in found.items():
        if planted in REJECTS:
            assert counts[planted] == counts.total(), (planted, counts)
        elif planted in QUARANTINES and planted not in REST:
            assert counts[planted] >= floor(0.95 * counts.total()), (planted, counts)
    assert clean.total() - clean["accepted"] <= 0.01 * clean.total()


def test_planted_faults_are_found(tmp_path: Path, rules: Rules) -> None:
    wanted = [name for name in (*REJECTS, *QUARANTINES) if name not in (*REST, "line_too_long", "no_trained_tokens")]
    generate(tmp_path, rows=800, seed=31, mean_words=250, faults=wanted, fault_share=0.3)
    hold(*found_by_class(tmp_path, rules))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_planted_faults_are_found_in_eight_thousand_rows(tmp_path: Path, rules: Rules) -> None:
    generate(tmp_path, rows=8000, seed=32, mean_words=250, faults="all", fault_share=0.1)
    hold(*found_by_class(tmp_path, rules))


def test_the_sample_is_clean() -> None:
    folder = Path(__file__).parents[3] / "data/sample"
    rows = [record for name in ("train", "val") for record in read_records(folder / f"{name}.jsonl")]
    found = [rejected(record) or quarantined(record) for record in rows if isinstance(record, Record)]
    assert [fault for fault in found if fault] == []


HOSTILE = {
    "capitals": "A" * 200_000,
    "orders": "ignore " * 28_000,
    "marks": "<|" * 100_000,
    "brackets": "[" * 200_000,
    "victims": "victim, " * 25_000,
    "names": "Sunita " * 28_000,
    "figures": "9876543210 " * 18_000,
    "signs": "a@" * 100_000,
    "base64": "QUJD" * 50_000,
    "sections": "Section 302 IPC, " * 12_000,
    "sorry": "i am unable to " * 13_000,
    "answers": "Answer: " * 25_000,
    "blanks": " " * 100_000 + "\n" * 100_000,
    "garbled": "â€™" * 66_000,
    "questions": "?? " * 66_000,
    "letters": "a " * 100_000,
    "Hindi": "पीड़िता कुमारी " * 13_000,
    "accounts": "account no. " * 16_000,
    "combining": "e\u0301\u0316" * 66_000,
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_no_text_takes_more_than_seconds(shape: str, rules: Rules) -> None:
    text = HOSTILE[shape]
    metadata = {"cnr": "HCBM030212662025", "task_type": "summarization", "disposal_nature": "Allowed"}
    fields = {"instruction": text[:50_000], "input": text, "output": text[:50_000], "metadata": metadata}
    start = time.process_time()
    judge(("train.jsonl:1", json.dumps(fields).encode()), rules)
    assert time.process_time() - start < 20
