"""Five conversations in which whatever a template could spoil stands somewhere."""

from nyay_lib.prompt import SYSTEM_PROMPT, Message, conversation

LONGER: list[Message] = [
    {"role": "system", "content": SYSTEM_PROMPT},
    {"role": "user", "content": "What is bail?"},
    {"role": "assistant", "content": "Release on a bond, Section 439 CrPC.\n\n1. By the court.\n2. By the police."},
    {"role": "user", "content": "And anticipatory bail?"},
    {"role": "assistant", "content": "Section 438 CrPC."},
    {"role": "user", "content": "Thank you. Is it still the law?"},
]
CONVERSATIONS: list[list[Message]] = [
    conversation("In one sentence: what does Section 302 of the Indian Penal Code, 1860 punish?"),
    LONGER,
    conversation('it\'s "quoted" {{ .Content }} {{ x }} {% y %} \\n \\ `code` <|not_a_token|>\t$HOME & <b>'),
    conversation("धारा ४२० § ₹ 🙂 भा0दं0सं0\u200d — “quotes”"),
    conversation("  \n\nblanks before, behind and\r\n\r\n\r\nbetween   \n "),
]
