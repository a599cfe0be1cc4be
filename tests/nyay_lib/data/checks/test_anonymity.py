"""Names that the law keeps unknown, and the names that a judgment must have. All persons are invented."""

import pytest

from nyay_lib.data.checks.anonymity import anonymity
from tests.nyay_lib.data.checks.rows import row

CHARGE = "1. The appellant was convicted under Section 376 of the Indian Penal Code and sentenced to ten years.\n\n2. "
TOUCHING = "1. The applicant seeks bail in a case under Sections 354-A and 506 IPC.\n\n2. "
CHILD = "1. The charge is under Section 6 of the POCSO Act.\n\n2. "
NEW = "1. The charge is under Section 64 of the Bharatiya Nyaya Sanhita, 2023.\n\n2. "
BOARD = (
    "1. The revision is under Section 102 of the Juvenile Justice (Care and Protection of Children) Act, 2015.\n\n2. "
)
HINDI = "1. अपीलार्थी को भारतीय दण्ड संहिता की धारा 376 में दोषसिद्ध किया गया।\n\n2. "

NAMED = [
    CHARGE + "The prosecutrix, Kumari Sunita Jadhav, was examined as PW-1.",
    CHARGE + "The prosecutrix Sunita stated that the accused caught hold of her.",
    CHARGE + "PW-1 Sunita Jadhav (the prosecutrix) supported the case.",
    CHARGE + "Sunita Jadhav, the victim, was taken to the hospital.",
    CHARGE + "The victim, namely Rekha, was aged 19 years.",
    CHARGE + "The father of the prosecutrix, Ramrao Jadhav, lodged the report.",
    CHARGE + "Ramrao Jadhav (PW-2), the father of the victim, lodged the report.",
    CHARGE + "The prosecutrix, daughter of Ramrao Jadhav, was alone at home.",
    CHARGE + "The prosecutrix, a resident of village Sonpur, was alone at home.",
    CHARGE + "The victim was studying in the ninth standard at the Zilla Parishad School, Sonpur.",
    CHARGE + "The name of the victim is Rekha Patil.",
    TOUCHING + "The complainant Nisha Patil stated that the applicant touched her in the lift.",
    TOUCHING + "The informant, Smt. Kavita Shinde, was returning from work.",
    CHILD + "The minor girl Pinky was playing near the temple.",
    CHILD + "Pinky Das, a minor, through her mother is the informant.",
    CHILD + "Her mother, Smt. Lata Das, found her weeping.",
    CHILD + "The victim child, Master Rohan Das, was seven years old.",
    NEW + "The survivor, Meena Kumari, gave her statement before the Magistrate.",
    BOARD + "The juvenile, Arjun Yadav, was produced before the Board.",
    BOARD + "The child in conflict with law, Arjun, is aged 16 years.",
    HINDI + "पीड़िता कुमारी पूजा ने न्यायालय में कथन किया।",
    HINDI + "पीड़िता, पुत्री रामलाल, घर पर अकेली थी।",
    HINDI + "अभियोक्त्री निवासी ग्राम सोनपुर है।",
    HINDI + "पीड़िता पूजा ने अपने कथन में बताया कि आरोपी उसे जानता था।",
    HINDI + "पूजा (अ.सा.-1, पीड़िता) ने घटना का समर्थन किया।",
    HINDI + "पूजा देवी (पीड़िता) का चिकित्सीय परीक्षण कराया गया।",
    HINDI + "पीड़िता का नाम पूजा वर्मा है और उसकी आयु सत्रह वर्ष है।",
    HINDI + "पीड़िता के पिता श्री रामलाल ने थाने में रिपोर्ट लिखाई।",
    HINDI + "अभियोक्त्री की माता कमलाबाई ने न्यायालय में कथन किया।",
    HINDI + "सूचनाकर्ता ने बताया कि उसकी नाबालिग पुत्री पूजा को आरोपी बहला-फुसलाकर ले गया।",
    HINDI + "रिपोर्ट में लिखा है कि मेरी बेटी कुमारी रीना के साथ आरोपी ने गलत काम किया।",
    HINDI + "पीड़िता ग्राम सोनपुर में रहती है और खेती में माता-पिता की सहायता करती है।",
    HINDI + "ग्राम सोनपुर की पीड़िता को चिकित्सालय भेजा गया।",
    HINDI + "पीड़िता सरस्वती उच्चतर माध्यमिक विद्यालय में कक्षा नौ की छात्रा थी।",
    HINDI + "अभियोक्त्री कक्षा दस में सोनपुर विद्यालय में पढ़ती थी।",
    HINDI + "नाबालिग पुत्री रीना का जन्म प्रमाण पत्र प्रस्तुत किया गया।",
]
UNNAMED = [
    CHARGE + "The prosecutrix was examined as PW-1. Shri Jadhav, the learned counsel, assails her evidence.",
    CHARGE + "The prosecutrix (PW-1) supported the case. Dr. Mehta examined her.",
    CHARGE + "The victim 'X' and her mother PW-2 supported the case.",
    CHARGE + "Ms. X, the prosecutrix, was taken to the hospital by Constable Sharma.",
    CHARGE + "The victim, whose name is withheld, is a resident of a village in the district.",
    CHARGE + "The prosecutrix, the Sessions Court held, was a truthful witness.",
    CHARGE + "The appellant, Ramrao Jadhav, son of Tukaram Jadhav, resident of village Sonpur, denied the charge.",
    CHARGE + "Inspector Patil recorded the statement of the prosecutrix under Section 164 of the Code.",
    CHARGE + "The victim shall be paid under the Victim Compensation Scheme of the State.",
    CHARGE + "The court directed that the name of the victim be withheld. Advocate Kavita Shinde assisted.",
    CHARGE + "The prosecutrix, Dr. Mehta opined, had no injury.",
    CHARGE + "The father of the prosecutrix lodged the report; Head Constable Yadav wrote it down.",
    CHARGE + "The victim was studying in the ninth standard of a school in the town.",
    TOUCHING + "The complainant submits that the applicant threatened her. Learned counsel Ms. Kulkarni opposed bail.",
    TOUCHING + "The complainant State opposes the application; Mr. Rane, APP, relied on the statement.",
    CHILD + "The minor victim and her mother were examined in camera by the Special Judge.",
    BOARD + "The Juvenile Justice Board, Pune, rejected the application. The juvenile is in an Observation Home.",
    BOARD + "The juvenile, being aged 16 years, is entitled to bail. Shri Kale, probation officer, reported.",
    HINDI + "पीड़िता ने न्यायालय में कथन किया। आरोपी रामलाल ने इनकार किया।",
    HINDI + "पीड़िता का चिकित्सीय परीक्षण डॉक्टर द्वारा किया गया और उसके पिता ने रिपोर्ट लिखाई।",
    HINDI + "पीड़िता का नाम गोपनीय रखा जाए और उसका नाम उजागर न किया जाए।",
    HINDI + "पीड़िता का नाम व पता निर्णय में नहीं लिखा गया है।",
    HINDI + "पीड़िता बालिका को बाल कल्याण समिति के समक्ष प्रस्तुत किया गया।",
    HINDI + "पीड़िता स्वयं ने कथन किया कि अपीलार्थी ने उसे धमकाया।",
    HINDI + "उसकी पुत्री घर से बिना बताए चली गई थी, तब उसने रिपोर्ट लिखाई।",
    HINDI + "पीड़िता ग्राम में रहती है और शासकीय विद्यालय में कक्षा नौ की छात्रा है।",
    HINDI + "अभियुक्त रामलाल पुत्र श्यामलाल, निवासी ग्राम सोनपुर, ने इनकार किया। अ.सा.-3 डॉक्टर वर्मा ने परीक्षण किया।",
    HINDI + "न्यायालय ने पीड़िता के कथन को विश्वसनीय माना और निरीक्षक पाटिल ने विवेचना की।",
    "1. The appeal is under Section 302 of the Indian Penal Code.\n\n2. The victim, Ramesh Patil, died on the spot.",
    "1. The claim is under Section 166 of the Motor Vehicles Act.\n\n2. The minor girl Pinky was hit by a truck.",
    "1. The complainant Nisha Patil filed the complaint under Section 138 of the Negotiable Instruments Act.",
    "1. The assessee, Sunita Jadhav, paid Rs. 376 and Rs. 354 as cess under Section 64 of the Income-tax Act.",
    "1. Sunita Jadhav sues for partition. Her father, Ramrao Jadhav, died in 1998 in village Sonpur.",
]


@pytest.mark.parametrize("text", NAMED)
def test_a_name_that_must_not_be_known_is_flagged_in_input_and_output(text: str) -> None:
    assert anonymity(row(input=text))
    assert anonymity(row(input=text.split("2. ")[0], output=text.split("2. ")[1]))


@pytest.mark.parametrize("text", UNNAMED)
def test_initials_and_the_names_of_others_are_let_through(text: str) -> None:
    assert anonymity(row(input=text)) is None


def test_the_detail_does_not_repeat_the_name() -> None:
    assert "Sunita" not in str(anonymity(row(input=NAMED[0])))
