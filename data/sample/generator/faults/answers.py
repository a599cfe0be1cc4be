"""Answers that teach the wrong thing: too short, too long, repeated, refused, or in the manner of an exam."""

from data.sample.generator import tables
from data.sample.generator.faults.planting import Form, Planting, after, before, output
from data.sample.generator.records import Row

TOO_MANY_WORDS = 4000


def _cut_sentence(p: Planting) -> Row:
    return p.with_output(" ".join(p.row["output"].split()[: p.chance.randint(4, 15)]))


def _loop(template: str, times: tuple[int, int], joiner: str = " ") -> Form:
    return lambda p: p.with_output(joiner.join([p.fill(template)] * p.chance.randint(*times)))


def _stuck(p: Planting) -> Row:
    words = p.row["output"].split()
    tail = words[-p.chance.randint(4, 9) :]
    return p.with_output(" ".join(words + tail * (4 * len(words) // len(tail))))


def _numbered_loop(p: Planting) -> Row:
    line = p.fill("The court held that the <matter> {is|was} {maintainable|not maintainable}.")
    return p.with_output("\n".join(f"{n}. {line}" for n in range(1, p.chance.randint(14, 30))))


def _filled(p: Planting, start: str, joiner: str) -> Row:
    """An answer of too many words that goes on with sentences of the kind that judgments are made of."""
    parts, words, writer = [start], start.count(" "), p.writer()
    while words < TOO_MANY_WORDS:
        parts.append(writer.sentence("reason", writer.language.pools["reason"]))
        words += parts[-1].count(" ") + 1
    return p.with_output(joiner.join(parts))


SHORT_OUTPUT: dict[str, Form] = {
    "one_word": output("{Allowed|Dismissed|Granted|Yes|No}."),
    "verdict": output("The <matter> {is|was} {allowed|dismissed} {with|without} costs."),
    "fragment": output("{see the|as per} {order|judgment} above"),
    "names_only": output("<petname> and <respname>"),
    "ellipsis": output("..."),
    "date_only": output("Decided on <d3>."),
    "cut_sentence": _cut_sentence,
    "hindi": output("{याचिका|अपील} {खारिज|स्वीकार} की गई।"),
}
REFUSAL: dict[str, Form] = {name: output(text) for name, text in tables.entries("faults/refusal").items()}
REPETITION: dict[str, Form] = {
    "sentence": _loop("The <matter> was decided {by|on} the <order> of the <lowername>.", (9, 30)),
    "word": _loop("{the|section|court|and}", (60, 200)),
    "two_words": _loop("{of the|Section 302|the court|न्यायालय ने}", (40, 120)),
    "stuck_at_the_end": _stuck,
    "numbered": _numbered_loop,
    "paragraph": _loop(
        "{The counsel|The advocate} for the <pet> submitted that the <order> is bad in law and must be set aside.",
        (8, 15),
        "\n\n",
    ),
    "hindi": _loop("न्यायालय ने यह माना कि <matter> पर विचार किया गया।", (10, 30)),
}
OUTPUT_TOO_LONG: dict[str, Form] = {
    "judgment_copied": lambda p: _filled(p, p.row["input"], " "),
    "answer_goes_on": lambda p: _filled(p, p.row["output"], " "),
    "one_line_each": lambda p: _filled(p, p.row["output"], "\n"),
    "list": lambda p: _filled(p, f"{p.row['output']}\n\nKey findings:", "\n- "),
    "judgment_after_answer": lambda p: _filled(p, f"{p.row['output']}\n\nFull text:\n\n{p.row['input']}", "\n\n"),
}
EXAM_STYLE: dict[str, Form] = {
    "best_answer": before("The best answer is {A|B|C|D}."),
    "correct_option": before("Correct option: ({a|b|c|d})."),
    "answer_letter": before("Answer: {A|B|C|D}. Explanation:"),
    "option_is_correct": before("Option {A|B|C|D} is correct."),
    "choices_listed": after("<nl>A) Allowed<nl>B) Dismissed<nl>C) Remanded<nl>D) None of the above<nl>Ans: {A|B|C}"),
    "true_false": before("State whether true or false: {TRUE|FALSE}."),
    "therefore_choice": after("Therefore, the correct choice is ({i|ii|iii|iv})."),
    "final_answer": after("The final answer is: $\\boxed<lb>{A|B|C}<rb>$"),
    "hindi": before("सही उत्तर: विकल्प ({क|ख|ग|घ})।"),
}
