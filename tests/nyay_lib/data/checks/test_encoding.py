# ruff: noqa: E501 (texts are kept whole)
"""Letters in the wrong encoding, old fonts and bad scans, and honest text with odd letters."""

import random

import pytest

from nyay_lib.data.checks.encoding import legacy_font, mojibake, ocr_junk
from tests.nyay_lib.data.checks.rows import JUDGMENT, row

ENGLISH = (
    "The learned counsel for the appellant submits that the trial court has not considered the evidence of the "
    "independent witnesses, who were present at the spot when the quarrel took place between the parties. It is "
    "further submitted that the recovery of the weapon was not proved in the manner known to law, and that the "
    "report of the laboratory was placed on the record only after the statement of the accused had been taken."
)
HINDI = (
    "अपीलार्थी के विद्वान अधिवक्ता का तर्क है कि विचारण न्यायालय ने स्वतंत्र साक्षियों के कथनों पर विचार नहीं किया और जब्ती भी "
    "विधि के अनुसार प्रमाणित नहीं हुई। राज्य की ओर से इसका विरोध किया गया।"
)


def misread(text: str, encoding: str) -> str:
    return text.encode().decode(encoding, "replace")


GARBLED = [
    misread("The court’s view – “settled law” – is clear.", "latin-1"),
    misread("The court’s view – settled law – is clear.", "cp1252"),
    misread("He owed ₹5,00,000 and paid ₹2,00,000.", "cp1252"),
    misread("Clause § 4 and § 5, naïve façade", "cp1252"),
    misread(HINDI, "latin-1"),
    misread(HINDI, "cp1252"),
    misread("The court’s view – “settled law” – is clear.", "mac_roman"),
    misread("The court’s view – “settled law” – is clear.", "cp437"),
    misread("The court’s view – “settled law” is clear.", "cp1251"),
    misread(misread("The court’s view – clear", "cp1252"), "cp1252"),
    "The petitioner\ufffds claim and the respondent\ufffds reply",
    "The petitioner\x92s claim and the respondent\x92s reply",
    "T\x00h\x00e\x00 \x00c\x00o\x00u\x00r\x00t",
    "The order said: ???? ?????? ??? ????? and no more.",
    "The court=E2=80=99s view =E2=80=93 clear",
    r"\u0905\u092a\u0940\u0932 \u0916\u093e\u0930\u093f\u091c",
    "&#2309;&#2346;&#2368;&#2354; &#2326;&#2366;&#2352;&#2367;&#2332;",
    "The amount of Rs.Â 5,000Â was paid onÂ 3 May.",
]
UNGARBLED = [
    "The exhibit shows the letters 'â€' where a quotation mark should be.",
    "The e-mail, as printed, reads â€™ once; the expert explained why.",
    "The naïve purchaser relied on the façade of a résumé; voir dire was held à la carte.",
    "The § 302 charge, the ½ share and the 90° angle; ±5 per cent; £500 and €20.",
    "He paid ₹5,00,000/- – “in full” – and the receipt’s date is clear…",
    HINDI,
    "The Spanish firm Ñandú S.A. and Müller & Söhne GmbH were joined; Ångström Ltd. was not.",
    "The equation x = 4 and y = 5; MAC=00:1B:44:11:3A:B7; a=B2=C3",
    "Why? Why not?? The witness was silent.",
    "Rs. 5,000/- (Rupees five thousand only) • • • paid",
    "The Tamil word நீதிமன்றம் and the Bengali আদালত were translated.",
    "Path C:\\users\\ravi\\x.doc was seized.",
    "क्‍षमा याचना — “स्वीकार” — ₹१,०००",
    "The score was 3–2; see pp. 45–51; ‘prima facie’ so.",
    "R&D, A&E and M&M Ltd.; the query ?id=5&x=2",
    "Café Coffee Day Ltd. v. Crème de la Crème was cited.",
]
KRUTI = (
    "izkFkhZ us /kkjk 439 n.M izfØ;k lafgrk ds rgr ;g vkosnu izLrqr fd;k gSA vfHk;kstu ds vuqlkj izkFkhZ us ifjoknh ds "
    "lkFk ekjihV dh vkSj mls tku ls ekjus dh /kedh nh FkhA U;k;ky; us i{kdkjksa dks lquk rFkk i=koyh dk voyksdu fd;kA"
)
LEGACY = [
    KRUTI,
    f"{ENGLISH} {KRUTI} {ENGLISH}",
    'vr% vihy Lohdkj dh tkrh gSA vihykFkhZ dks nks"keqDr fd;k tkrk gSA og ;fn fdlh vU; izdj.k esa okafNr u gks rks mls '
    "rqjar fjgk fd;k tk,A vkns'k dh izfr lEcfU/kr U;k;ky; dks Hksth tk,A",
    "lk{kh us dgk fd og ?kVuk ds le; ogk¡ mifLFkr Fkk vkSj mlus lc dqN ns[kk FkkA mlds vuqlkj vkjksih us ykBh ls okj fd;kA",
    "jktLFkku mPp U;k;ky; tks/kiqj ds le{k izLrqr ;g ;kfpdk fujLr dh tkrh gS rFkk i{kdkj vius vius O;; Lo;a ogu djsaxsA",
    "oknh dk dFku gS fd mlus izfroknh dks 5]000 :i;s fn;s Fks vkSj izfroknh us ykSVkus dk opu fn;k Fkk ijUrq ugha ykSVk;sA",
    "·¤ÚU÷×·¤æÚU ·¤ð çßM¤h ÂýSÌéÌ ¥ÂèÜ ×ð´ ·¤ãæ »Øæ ãñ ç·¤ ‹ØæØæÜØ Ùð âæÿØ ÂÚU çß¿æÚU ÙãUè´ ç·¤Øæ ¥æñÚU ¥æÎðàæ çÙÚUSÌ ç·¤Øæ ÁæÙæ ¿æçã°",
    "â×·¤÷á: ¥ÂèÜæÍèü Ùð ßæÎ ÂýSÌéÌ ç·¤Øæ Íæ ç·¤‹Ìé ÂýçÌßæÎè ©ÂçSÍÌ ÙãUè´ ãéU¥æÐ ßæÎ °·¤Âÿæèˆæ çÙ‡æüèÌ ãUé¥æ ¥æñÚU çÇU·ý¤è Îè »ØèÐ",
    "AaraopI nao kha ik vah ]sa samaya gaaÐva maoM nahIM qaa AaOr ]sako pita ko saaqa Sahr gayaa huAa qaa. yah baat saaxya sao "
    "isaw hO AaOr nyaayaalaya nao [sao maanaa hO. Apraqa p`maaiNat nahIM hO.",
    "A{^`moOZ H$s Amoa go H$hm J`m {H$ Aam{nV Zo \\$[a`mXr H$s nËZr Ho$ gmW _mana rQ> H$s h¡ Am¡a Cgo Om|Zo go _mam h¡ {Oggo "
    "H$mo B© JdmhH$m Am¡a h¡ Zht Wm Wr Ho$ H$s",
    f"{HINDI} {KRUTI}",
    "vfHk;qDr dks /kkjk 302 Hkk-na-la- ds vijk/k esa vkthou dkjkokl ls nf.Mr fd;k x;kA mlus vihy dh vkSj dgk fd lk{; v/kwjh gSA",
    "iqfyl us izkFkfedh ntZ dh vkSj tkap ds ckn pkyku is'k fd;kA U;k;ky; us vkjksi r; fd;s ftUgsa vkjksih us vLohdkj fd;kA",
    "ekuuh; U;k;k/kh'k us i{kksa ds vf/koDrkvksa dks lqudj vkns'k lqjf{kr j[kk rFkk vkt [kqys U;k;ky; esa lquk;k gS A",
    "Jh jke dqekj us dgk fd mldk [ksr xzke ds ikl gS vkSj og ogk¡ izfrfnu tkrk gSA mls ;g ugha ekywe fd ckM+ fdlus rksM+h gS A",
]
NOT_LEGACY = [
    ENGLISH,
    HINDI,
    "The FD of Rs. 5,000 with us ls due; D.K. and G.S. Rao v. K.K. Das; A.S.I. Sharma and D.S.P. Khan.",
    "O.S. No. 123/2010; W.P.(C) 45/2011; r/w 34; u/s 302; PW-1; Ex.P-5; M.O.4; C.C.6/08; S.T.9/07",
    "Maine usko nahi mara. Wo jhooth bol raha hai. Mujhe phansaya gaya hai aur mera koi lena dena nahi hai.",
    "Müller & Söhne, Ñandú, Åse, Øre, François, Zoë, José, Bjørn and Céline signed the convention.",
    "L'arrêt de la Cour a été rendu à l'unanimité; le pourvoi a été rejeté après délibéré, selon la règle générée.",
    "A;B;C;D; the heads of claim were: rent; interest; costs; mesne profits; damages.",
    "The tokens were ds-4, dk-7, esa-9 and gS-2, said the technician of the seized machine.",
    "10;20;30;40;50 were the numbers of the plots; N;S;E;W the sides.",
    "x²+y³=z½ ±5° §4 ¶7 ©2010 ®TM «quoted» ¿qué? ¡no!",
    "iPhone, eCourts, WhatsApp, YouTube and LLPs were mentioned by the DySP and the SHO.",
    "Rs.5,00,000/- @ 9% p.a. w.e.f. 01.04.2010 till realisation, i.e. 30.06.2012, viz. Rs.1,01,250/-.",
    "श्री रामकुमार ने कहा कि भा.द.सं. की धारा 302, 34 तथा द.प्र.सं. की धारा 313 लागू हैं।",
    "¥ and £ and € and ₹ are signs of money; Ä and Ö are letters of German.",
]


def damaged(spoil: str, share: float = 0.35) -> str:
    """English of which a share of the words is spoilt in one way."""
    chance = random.Random(spoil)
    return " ".join(SPOILT[spoil](word, chance) if chance.random() < share else word for word in (ENGLISH * 3).split())


SPOILT = {
    "figures": lambda word, chance: word.replace("o", "0").replace("l", "1").replace("e", "3", 1),
    "specks": lambda word, chance: word[:2] + chance.choice("~^|¦«»¬") + word[2:],
    "specks after": lambda word, chance: word + "".join(chance.choice("~^|\\¦«»¬°") for _ in range(2)),
    "junk words": lambda word, chance: f"{word} {''.join(chance.choice('~^|,;:.¦«»¬!i1') for _ in range(7))}",
    "spaced": lambda word, chance: " ".join(word),
    "vowels": lambda word, chance: "".join(letter for letter in word if letter not in "aeiou"),
    "cut": lambda word, chance: f"{word[: len(word) // 2]}.~ {word[len(word) // 2 :]}",
    "capitals": lambda word, chance: word[:1] + word[1:].title() if len(word) > 3 else word,
}  # fmt: skip
BAD_SCANS = [
    *map(damaged, SPOILT),
    "Tbe learned couusel for tbe appellanl submits tbat tbe trial couri bas not considered tbe evidencc of tbe witncss wbo "
    "was present wben tbe quarrel took place aud wbo bad seen tbe wbole matter from bis bouse.",
    ENGLISH + "\n" + "\n".join("~|¦ .;l1 ^'i| «¬» ,:;~ _|l ''^~ ;:.,|" for _ in range(12)),
    "अपी|लार्थी के विद्~वान अधि^वक्ता का तर्*क है कि विचा1रण न्या|यालय ने स्व~तंत्र साक्षि^यों के कथ|नों पर वि~चार नहीं कि|या",
    "ाअपील ीके िविद्वान ंतर्क ोहै ािकि ्विचारण ेन्यायालय ैने ूस्वतंत्र ाकथन िपर ीविचार ोनहीं ेकिया ाथा",
    "Xqz vbnm rtpl kjhg zxcv bnmq wrtp sdfg hjkl qwrt zxcv bnms dfgh jklp qwrt ypsd fghj klzx cvbn mqwr tpsd fghj",
    "t h e   c o u r t   b e l o w   h e l d   t h a t   t h e   s u i t   w a s   b a r r e d " + ENGLISH[:200],
    ENGLISH[:150]
    + " lhc 1eamed c0unse1 subm1ts thal lhe tria1 c0urt has n0t c0nsidered tbe ev1dence 0f tbe w1tnesses " * 2,
]
GOOD_SCANS = [
    ENGLISH,
    HINDI,
    "O R D E R\n\nJ U D G M E N T\n\nC O R A M : A. B. RAO, J.\n\n" + ENGLISH,
    "O.S. No. 123/2010; W.P.(C) 45/2011; r/w 34; u/s 302; PW-1; Ex.P-5; M.O.4; C.C.6/08; S.T.9/07; " + ENGLISH,
    "| Sl. No. | Name | Amount |\n|---|---|---|\n| 1 | Ram | 5,000 |\n| 2 | Shyam | 6,000 |\n" + ENGLISH,
    "......... Petitioner\n\n-versus-\n\n......... Respondent\n__________\n==========\n" + ENGLISH,
    "1973 (4) SCC 225; AIR 1998 SC 2214; 2019 SCC OnLine Del 123; MANU/MH/0450/2011; JT 1995 (3) SC 45. " + ENGLISH,
    "Maine usko nahi mara. Wo jhooth bol raha hai. Mujhe phansaya gaya hai. " + ENGLISH,
    "Survey Nos. 12/1A, 12/1B, 13/2, 14/3K and 15 hissa 4; area 2H 31R; 40x60 ft; 3BHK flat on the 2nd floor. "
    + ENGLISH,
    "https://services.ecourts.gov.in/ecourtindia_v6/?p=casestatus/index and ravi.kumar_99@example.in. " + ENGLISH,
    "*Held*, the _ratio_ of **Kesavananda** applies. # Facts\n## Issues\n- one\n- two\n> quoted\n" + ENGLISH,
    "COVID19, 2G, 3rd, 4th, H1N1, A4, MH12AB1234, KA-01-HH-1234, B.Sc., Ph.D., viz., i.e., e.g., etc. " + ENGLISH,
    "Smt. Sita w/o Ram, d/o Shyam, r/o H.No.4-5-6, Dist. Latur; Adv. K.K. Rao h/f Sr. Adv. P.P. Nair. " + ENGLISH,
    "Rs.5,00,000/- @ 9% p.a. w.e.f. 01.04.2010; 25% + 10% = 35%; ₹2.5 lakh; 1/3rd share; x=4. " + ENGLISH,
    "ञ, ण, न, प और ब पर चिह्न लगाए गए। " + HINDI,
    "Hon'ble Court's order; the parties' claims; don't; can't; it's; o'clock; D'Souza; O'Brien. " + ENGLISH,
]


@pytest.mark.parametrize("text", GARBLED)
def test_a_wrong_encoding_is_told(text: str) -> None:
    assert mojibake(row(output=text)) and mojibake(row(input=f"{JUDGMENT} {text} {text}"))


@pytest.mark.parametrize("text", UNGARBLED)
def test_odd_letters_are_no_mojibake(text: str) -> None:
    assert mojibake(row(input=f"{JUDGMENT} {text} {JUDGMENT}")) is None


@pytest.mark.parametrize("text", LEGACY)
def test_an_old_font_is_told(text: str) -> None:
    record = row(input=text)
    assert mojibake(record) is None and legacy_font(record)


@pytest.mark.parametrize("text", [*NOT_LEGACY, *UNGARBLED])
def test_other_languages_are_no_old_font(text: str) -> None:
    assert legacy_font(row(input=text, output=text)) is None


@pytest.mark.parametrize("text", BAD_SCANS)
def test_a_bad_scan_is_told(text: str) -> None:
    record = row(input=text)
    assert mojibake(record) is None and legacy_font(record) is None and ocr_junk(record)


@pytest.mark.parametrize("text", [*GOOD_SCANS, *NOT_LEGACY[:2]])
def test_abbreviations_tables_and_headings_are_no_bad_scan(text: str) -> None:
    assert ocr_junk(row(input=text)) is None


def test_one_nul_is_enough_and_a_few_words_are_no_scan() -> None:
    assert mojibake(row(input=JUDGMENT.replace("appeal", "app\0eal", 1)))
    assert not mojibake(row(input=JUDGMENT.replace("appeal", "app\ufffdeal", 1)))
    assert not ocr_junk(row(input="x")) and not ocr_junk(row(input="See annexure b"))
