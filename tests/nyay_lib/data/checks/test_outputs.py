# ruff: noqa: E501 (texts are kept whole)
"""Answers that teach the wrong thing, and answers that only look so."""

import pytest

from nyay_lib.data.checks.outputs import exam_style, refusal, repetition, short_output
from tests.nyay_lib.data.checks.rows import row

LONG = (
    " The two eye-witnesses stood firm, the weapon was recovered and the motive was proved by letters of the deceased."
)

SHORT = [
    "Dismissed.",
    "The appeal is dismissed with costs.",
    "Bail granted.",
    "याचिका खारिज की गई।",
    "Yes, the notice under Section 138 was served in time and the complaint lies.",
    "- Appellant: Ramesh\n- Respondent: State\n- Result: allowed",
    ". . . . . . . . . . . . . . . . . . . . . . . . .",
    "— — — — — — — — — — — — — — — — — — — — — —",
    "See judgment.",
    "N/A",
    "Section 302 IPC; Section 34 IPC; Section 201 IPC",
    "The High Court, for reasons that follow, finds no merit in the second appeal and dismisses it in limine.",
    "अपील आंशिक रूप से स्वीकार, दण्डादेश घटाकर भुगती गई अवधि किया गया।",
    "1. Allowed\n2. No costs",
    "The writ petition is allowed; the impugned order is quashed; rule is made absolute.",
]
LONG_ENOUGH = [
    "The writ petition is allowed; the impugned order is quashed; rule is made absolute in terms of the prayer "
    "clause (a) today.",
    "न्यायालय ने यह पाया कि सूचना विधिवत् तामील हुई थी और परिवाद समय के भीतर था, इसलिए पुनरीक्षण याचिका खारिज की गई और दण्ड "
    "यथावत रखा गया।",
    "- Appellant: Ramesh Patil, a farmer of Latur\n- Respondent: the State of Maharashtra\n- Result: the appeal against "
    "conviction is dismissed today",
    LONG * 2,
]

REFUSALS = [
    "Given the sensitive nature of this case, I will not summarise it for you in any form.",
    "I'm sorry, but I can't help with that request.",
    "I am sorry, I cannot provide legal advice on this matter. Please speak to an advocate who knows the local courts.",
    "As an AI language model, I do not have access to court records, and so I am unable to analyse this decision.",
    "I cannot assist with summarising documents that concern criminal offences.",
    "Unfortunately, I am unable to access the attached file. Could you paste the text of the judgment here?",
    "I’m not able to provide a summary of this judgment because it contains sensitive material.",
    "I don't have enough information to answer. Please provide the full judgment so that I can extract the parties.",
    "Sorry, but as a large language model I can't read PDF attachments, so the outcome is not known to me.",
    "There is no judgment provided in your message, so nothing can be summarised. Share it and I will begin.",
    "My training data ends in 2021 and this decision is of 2023, so nothing can be said about it.",
    "I must decline to answer this question, because it asks for an opinion on a pending matter.",
    "The appeal concerns murder. However, I cannot provide an analysis of violent crimes under my content policy.",
    "I apologize for the inconvenience, but it is not possible for me to extract the requested fields.",
    "This request violates the usage guidelines, and no answer will be generated for it at any time.",
    "I would rather not comment on this judgment. I'd prefer not to discuss cases about sexual violence.",
    "मुझे खेद है, मैं इस निर्णय का सारांश नहीं दे सकता, क्योंकि मेरे पास पूरा पाठ उपलब्ध नहीं है।",
    "एक एआई मॉडल होने के नाते मैं कानूनी सलाह नहीं दे सकता, कृपया किसी अधिवक्ता से सम्पर्क करें।",
    "क्षमा करें, मैं इस अनुरोध को पूरा करने में असमर्थ हूँ।",
    "Mujhe khed hai, main is faisle ka saransh nahi de sakta, kripya pura paath bhejiye.",
    "The provided text does not contain enough information to determine the outcome of the case.",
    "I'm just an AI and can not give an opinion on what the court should have done.",
    "[Response withheld] The content of this answer was filtered.",
]
NO_REFUSALS = [
    'The learned Judge observed: "I am unable to accept the contention that the notice was bad."' + LONG,
    "I am unable to persuade myself to take a different view, wrote the single Judge, and dismissed the revision.",
    "The Judge held that he could not help observing that the police had slept over the complaint for a year.",
    "PW-4 deposed that the accused said 'I cannot help you, pay the money first', which the court believed.",
    "I cannot help but notice that the trial court ignored the site plan, said the Bench, and set the order aside.",
    "The Bench regretted that it could not grant the relief, as the statute gave it no power to condone the delay.",
    "The court was unable to agree that the confession was voluntary, and acquitted the appellant.",
    "The employer refused to provide information to the union; the tribunal directed that it be furnished.",
    "No document was supplied to the detenu in a language known to him, and the detention order was quashed.",
    'The RTI applicant had written: "Please provide the details of the expenditure." The Commission\'s order was upheld.',
    "The plaintiff apologised for the delay; it was condoned, and the appeal was restored to its number.",
    "An affidavit said that he was sorry and would not repeat the contempt; the apology was accepted by the court.",
    "The question whether an AI system can be an inventor did not arise; the patent application was remanded.",
    "He stated that he was not comfortable giving evidence in English; the court allowed him an interpreter.",
    "Unfortunately for the appellant, the register produced by him carries a later date, and the suit failed.",
    "The defendant could not produce the original agreement, so secondary evidence was refused and the suit dismissed.",
    "The accused declined to answer questions under Section 313, and no adverse inference was drawn from it.",
    "The court could not provide relief beyond the pleadings, and so the second appeal was dismissed with costs.",
    "मैं इस तर्क से सहमत होने में असमर्थ हूँ, न्यायाधीश ने कहा, और पुनरीक्षण निरस्त किया।",
    "I am not inclined to interfere, the learned Judge said; the concurrent findings were left as they were.",
    "The witness was unable to identify the accused in the dock, and the benefit of doubt was given to him.",
]

EXAMS = [
    "B) The petition was dismissed because it was barred." + LONG,
    "The answer is (c). " + LONG,
    "(C) is correct." + LONG,
    "The best answer is (B)." + LONG,
    "The best answer is that option which speaks of remand, namely B." + LONG,
    "Answer: C" + "\n" + LONG,
    "Ans. (d)" + LONG,
    "The correct option is A, since the appeal was filed in time." + LONG,
    LONG + " Hence, option (c) is correct.",
    "Correct answer: (2). The court allowed the petition." + LONG,
    "True. The court held that the notice was valid." + LONG,
    "Option B is the correct answer because the suit was within time." + LONG,
    "The correct answer is: D. None of the others fits." + LONG,
    "Which of the following is correct? (a) allowed (b) dismissed. The second one." + LONG,
    "Options A and C are incorrect, as the record shows." + LONG,
    "सही उत्तर (ख) है।" + LONG,
    "उत्तर: (ग) याचिका खारिज की गई।" + LONG,
    "सही विकल्प: घ" + "\n" + LONG,
    LONG + " The final answer is $\\boxed{B}$",
    "I would choose (a). The court dismissed the appeal." + LONG,
    "The right choice is (iii)." + LONG,
    "Answer - True." + LONG,
]
NO_EXAMS = [
    "The answer is in the affirmative, and the reference is disposed of." + LONG,
    "The answer is a simple one, the court said." + LONG,
    "In answer to the first question the court held that the notice was served in time." + LONG,
    "Answer: The court held that the suit was barred by limitation and dismissed it." + LONG,
    "The best answer to this contention is found in paragraph 12 of the judgment." + LONG,
    "The employee exercised option (b) of clause 4 of the pension scheme, and the court bound him to it." + LONG,
    "The directions are: (a) refund; (b) interest; (c) costs; (d) compliance within a month." + LONG,
    "The correct course, the court held, was to remand the matter to the Tribunal." + LONG,
    "A. K. Gopalan v. State of Madras was distinguished." + LONG,
    "A. The appeal fails. B. The cross-objection is allowed." + LONG,
    "Option to purchase under clause 7 was held to be a covenant that runs with the land." + LONG,
    "The statement of PW-2 is true, the court found, and that of DW-1 is false." + LONG,
    "None of the above contentions was pressed before the Division Bench." + LONG,
    "The choice of forum lay with the claimant, and the objection to jurisdiction failed." + LONG,
    "उत्तर: न्यायालय ने माना कि सूचना विधिवत् तामील हुई।" + LONG,
    "विकल्प के रूप में प्रतिकर का दावा भी अस्वीकार किया गया।" + LONG,
    "All of the above circumstances, taken together, complete the chain." + LONG,
    "The right answer, in the court's words, lay in the statute and not in the contract." + LONG,
]
ANSWER_KEY = "The candidates who attempted question 42 challenge the answer key. The expert committee has reported."


@pytest.mark.parametrize("output", SHORT)
def test_an_answer_under_twenty_words_is_short(output: str) -> None:
    assert short_output(row(output))


@pytest.mark.parametrize("output", LONG_ENOUGH)
def test_twenty_words_are_enough_in_any_script(output: str) -> None:
    assert short_output(row(output)) is None


def test_nineteen_words_are_short_and_twenty_are_not() -> None:
    assert short_output(row("word " * 19)) == "output has 19 words, fewer than 20"
    assert short_output(row("word " * 20)) is None


@pytest.mark.parametrize("output", REFUSALS)
def test_a_machine_that_declines_is_told(output: str) -> None:
    assert refusal(row(output))


@pytest.mark.parametrize("output", NO_REFUSALS)
def test_a_court_or_witness_that_declines_is_let_through(output: str) -> None:
    assert refusal(row(output)) is None


def numbered(count: int) -> str:
    return " ".join(f"word{n}" for n in range(count))


REPEATED = [
    "The appeal is dismissed. " * 10,
    "Dismissed, " * 25,
    numbered(60) + " the court held that the suit is barred" * 5,
    LONG + "\n" + LONG + "\n" + LONG,
    "1. The order is set aside.\n2. The order is set aside.\n3. The order is set aside.\n4. The order is set aside.",
    numbered(30) + " and the court and the court and the court and the court and the court",
    "याचिका खारिज की गई। " * 8,
    "The petitioner submits the petitioner submits the petitioner submits the petitioner submits that he was right.",
    numbered(20) + (" " + numbered(40)[-200:]) * 2,
    "Held: no merit. Held, no merit! HELD - NO MERIT. (Held) no merit; held no merit: held no merit. held no merit",
    "costs " * 10 + numbered(20),
    (numbered(24) + ". ") * 2,
    "Result:\n" + "- bail granted on a bond of Rs. 25,000\n" * 6,
    numbered(50) + " section 302 of the indian penal code" * 4,
    "a b a b a b a b a b a b a b a b a b a b a b",
]
NOT_REPEATED = [
    LONG * 1,
    numbered(40),
    "Section 302 of the Indian Penal Code and Section 34 of the Indian Penal Code were applied by the trial court, while "
    "the High Court altered the conviction to Section 304 Part II and reduced the sentence to seven years in all.",
    "Parties: State of Maharashtra through its Secretary, Revenue Department (appellant); Ramesh Patil (respondent). "
    "Result: the appeal of the State of Maharashtra through its Secretary, Revenue Department, is dismissed with costs of "
    "Rs. 5,000, and the decree of the District Judge, Latur, stands.",
    numbered(60) + " the court held that the suit is barred" * 2,
    "The appeal of the first accused is dismissed. The appeal of the second accused is allowed. He shall be released at "
    "once unless wanted in another case, and the bail bonds stand cancelled; fine, if paid, shall be refunded to him.",
    "The court relied on the Right to Fair Compensation and Transparency in Land Acquisition, Rehabilitation and "
    "Resettlement Act, read the market value from three sale deeds of the same year, deducted a fifth for development, "
    "and enhanced the award under Section 26 of the Right to Fair Compensation and Transparency in Land Acquisition, "
    "Rehabilitation and Resettlement Act to Rs. 4,10,000 an acre with solatium and interest from the date of possession.",
    "याचिकाकर्ता के विद्वान अधिवक्ता ने तर्क दिया कि सूचना अवैध थी। न्यायालय ने अभिलेख देखकर माना कि सूचना विधिवत् तामील हुई और "
    "परिवाद समय में था। अतः पुनरीक्षण खारिज हुआ।",
    "Court: High Court of Bombay\nCase: Criminal Appeal No. 4 of 2019\nDate: 3 May 2021\nAppellant: Ramesh\n"
    "Respondent: State\nProvisions: Sections 302 and 34 of the Indian Penal Code\nResult: dismissed",
    "Issue one was answered in the negative. Issue two was answered in the affirmative. Issue three did not arise, and "
    "costs were left to be borne by each side, since the law was unsettled when the suit was brought in 1998.",
    "to be or not to be, that is the question which the learned counsel put to the witness, who kept silent and looked "
    "at the accused for a long while before he spoke of the weapon.",
    "The sale deed, the gift deed and the will deed were all held to be forged, on the evidence of the scribe, the "
    "attesting witness and the expert, and the suit for partition was decreed accordingly in favour of the sisters.",
    "Bail: granted. Bond: Rs. 25,000. Surety: one. Conditions: not to leave India, not to threaten witnesses, to attend "
    "the police station on Mondays, to surrender the passport within a week from today.",
    "He said, she said and they said: the court trusted none of the three accounts and looked to the site plan, the "
    "injury report and the call records instead, which agreed among themselves in every material particular.",
    "PW-1 saw the blow. PW-2 saw the flight. PW-3 saw the knife. PW-4 wrote the panchnama. PW-5 carried the articles to "
    "the laboratory, and PW-6 opined that the blood on them was of the group of the deceased.",
]  # fmt: skip


@pytest.mark.parametrize("output", REPEATED)
def test_one_phrase_over_a_third_is_repetition(output: str) -> None:
    assert repetition(row(output))


@pytest.mark.parametrize("output", NOT_REPEATED)
def test_the_long_names_of_the_law_are_no_repetition(output: str) -> None:
    assert repetition(row(output)) is None


def test_thirty_per_cent_is_the_border() -> None:
    phrase = " alpha beta gamma delta epsilon"
    assert repetition(row(numbered(70) + phrase * 6)) is None
    assert repetition(row(numbered(69) + phrase * 6)) is not None


@pytest.mark.parametrize("output", EXAMS)
def test_a_ticked_box_is_exam_style(output: str) -> None:
    assert exam_style(row(output))


@pytest.mark.parametrize("output", NO_EXAMS)
def test_an_answer_of_law_is_not(output: str) -> None:
    assert exam_style(row(output)) is None


def test_a_suit_about_an_answer_key_may_speak_of_options() -> None:
    output = "The court saw no error. The committee found that option (c) is correct." + LONG
    assert exam_style(row(output, input=ANSWER_KEY)) is None
    assert exam_style(row("The best answer is (C)." + LONG, input=ANSWER_KEY))
