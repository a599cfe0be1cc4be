"""Judgments written for tests of likeness, records of them, and the plain way to say how alike two are."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nyay_lib.data.near_duplicates import InputIndex
from nyay_lib.data.records import Record, line_of, read_records
from nyay_lib.data.shingles import WordHashes, sketch

CNRS = tuple(f"HCBM01{number:06}2019" for number in range(1, 100))
TASKS = ("summarization", "outcome_analysis", "info_extraction", "research_qa")

# Land references of one village are decided alike but for the owner and the field.
LAND = """IN THE HIGH COURT OF JUDICATURE AT BOMBAY

First Appeal. The acquiring body challenges the award by which the reference court enhanced the compensation for the
land of {owner}, bearing Gat No. {field}, taken for the percolation tank at Nimgaon. The notification under Section 4
was published on 12 June 1998 and possession had been taken by private negotiation three years before.

2. The Special Land Acquisition Officer divided the lands into groups by their assessment and offered Rs. 410 an are for
dry crop land. The claimant led evidence of two sale instances of small plots beside the Pathardi road, and examined
the purchaser of one of them, {witness}, who said that he had paid more because a well stood close by. The State led no
evidence at all, although the reference was adjourned for that purpose on five dates.

3. Learned counsel for the appellant submits that small plots cannot guide the price of {area} hectares, that the
instances lie nearer to the road, and that at least one half should have been deducted towards development. Counsel for
the respondent answers that no development is needed where land goes under water, and that the deduction of one third
which the reference court made was, if anything, too severe.

4. I have gone through the record. The first instance is of a plot of 20 ares, sold nine months before the notification
between persons who are not related. It was rightly relied upon. The second was executed after the notification and had
to be left out, as it was. {remark} In these circumstances the rate of Rs. {rate} an are cannot be called excessive.

5. As regards interest, the respondent is entitled to it from the date of the award and not from the date on which
possession was taken, since a taking outside the Act is not a taking under it. Rental compensation for the earlier
period may be asked of the Collector, who shall decide such a request within six months.

6. The appeal is partly allowed to that extent alone. {order} No order as to costs."""
SAID = {
    "owner": "Dattu Ganpat Shirsat",
    "field": "117",
    "witness": "Eknath Bhagwan Garje",
    "area": "two",
    "remark": "The trees were valued by the agricultural officer, whose report nobody disputed.",
    "rate": "930",
    "order": "The amount in deposit may be withdrawn with the interest that has accrued upon it.",
}
LAND_1 = LAND.format(**SAID)
# Jaccard 0.90: the same decision for the neighbour's field.
LAND_2 = LAND.format(**SAID | {"owner": "Yamunabai Ganpat Shirsat", "field": "118", "area": "three", "rate": "910"})
# Jaccard 0.72 with either: of the same batch, but with a witness, a remark and an order of its own.
OTHER = {
    "owner": "Haribhau Karbhari Palve",
    "field": "64",
    "witness": "Sopan Dagdu",
    "area": "five",
    "remark": "Of the thirty custard apple trees the panchanama counts eleven, and the claim for the others fails.",
    "rate": "700",
    "order": "The bank guarantee of the respondent stands discharged.",
}
LAND_3 = LAND.format(**OTHER)
# Jaccard 0.8 and more with LAND_1 and with LAND_3.
LAND_BETWEEN = LAND.format(**OTHER | {"remark": SAID["remark"], "owner": SAID["owner"]})

# The frame of many a bail order, around another crime.
BAIL = """{head}

1. Heard learned counsel for the applicant and the learned Additional Public Prosecutor for the State. Perused the case
diary and the papers of investigation. This is an application for regular bail under Section 439 of the Code of Criminal
Procedure, 1973. It is the first application before this Court.

2. {crime}

3. {argued}

4. Considering the facts and circumstances of the case, and without commenting upon the merits of the matter, the
application is allowed. The applicant shall be released on furnishing a personal bond of Rs. 25,000 with one surety of
the like amount to the satisfaction of the trial court. The applicant shall not tamper with the evidence, shall not
threaten any witness, and shall attend each date of hearing. A copy of this order be sent to the court concerned."""
BAIL_1 = BAIL.format(
    head="Bail Application of Firoz Shaikh",
    crime="The applicant drove the tempo in which, so the first information report goes, forty sacks of ration rice "
    "were being carried from the fair price shop at Kaij to a private mill on the night of the village fair.",
    argued="It is argued that a driver does not know what grain belongs to whom, that the shopkeeper has been granted "
    "bail already, and that the sacks and the vehicle have been with the police for four months.",
)
BAIL_2 = BAIL.format(
    head="Bail Application of Meena Lokhande",
    crime="A quarrel over drawing water at the common tap ended with a blow by a brass pot; the neighbour lost a tooth "
    "and has complained of dizziness ever since. The applicant, a mother of two, was arrested a week later.",
    argued="Counsel points to a cross complaint in respect of the same morning, to the medical certificate, in which "
    "the injury is called simple, and to the absence of any earlier dispute between the two households.",
)


def record(
    number: int, text: str, task: str = TASKS[0], answer: str = "The appeal was partly allowed."
) -> dict[str, Any]:
    """A record of the case with this number."""
    return {
        "instruction": f"Do this: {task}.",
        "input": text,
        "output": answer,
        "metadata": {"cnr": CNRS[number], "task_type": task},
    }


def write(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    """One record a line, packed if the name says so."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def plain_jaccard(one: str, other: str) -> float:
    """Common runs of five words among all, with sets of tuples."""
    words = (one.lower().split(), other.lower().split())
    a, b = ({tuple(text[n : n + 5]) for n in range(len(text) - 4)} for text in words)
    return len(a & b) / len(a | b)


def indexed(*paths: Path) -> InputIndex:
    """An index of all records of the files."""
    index, known = InputIndex(), WordHashes()
    for path in paths:
        for found in read_records(path):
            if isinstance(found, Record):
                index.take(path, line_of(found.id), found.cnr, sketch(found.input, known))
    return index
