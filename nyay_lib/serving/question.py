"""A question as it is sent: within the token budget of training, and unable to speak for another turn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nyay_lib.data.budget import Budget
from nyay_lib.errors import ServingError
from nyay_lib.prompt import SYSTEM_PROMPT, Message, conversation, user_turn

# A first paragraph that takes more of the budget than this is part of the judgment, not what is asked about it.
INSTRUCTION_SHARE = 0.25
# However long an answer may be, half of the budget is left to the question.
ANSWER_SHARE = 0.5
_TEMPLATE_TOKEN = re.compile(r"<\|(\w+)\|>")


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation that fits; ``lost`` of the ``of`` tokens of what was asked are left out of it."""

    messages: list[Message]
    lost: int
    of: int

    @property
    def left_out(self) -> str:
        """What is left out, in words; empty where nothing is."""
        if not self.lost:
            return ""
        return f"{self.lost:,} of {self.of:,} tokens ({self.lost / self.of:.0%}) are left out of the middle"


def ask_about(budget: Budget, instruction: str, source: str, max_tokens: int) -> Asked:
    """A question about a judgment, which gives way as it does in training.

    Raises ServingError for a question that leaves no room.
    """
    return _asked(budget, harmless(instruction), harmless(source), max_tokens)


def ask(budget: Budget, question: str, max_tokens: int) -> Asked:
    """A question with all that it is about in one text: what follows the first paragraph is the judgment."""
    text = harmless(question)
    if _fits(budget, text, max_tokens):
        return _asked(budget, text, "", max_tokens)
    instruction, _, source = text.partition("\n\n")
    if not source.strip() or budget.count(instruction) > INSTRUCTION_SHARE * budget.limit:
        instruction, source = "", text
    return _asked(budget, instruction, source, max_tokens)


def converse(budget: Budget, messages: Sequence[Message], max_tokens: int, context: int) -> Asked:
    """A conversation: each of the user's turns in the budget of one question, all of them within ``context`` tokens.

    The system prompt stands first unless there is another. Raises ServingError if it is too long.
    """
    turns: list[Message] = [] if messages[0]["role"] == "system" else [{"role": "system", "content": SYSTEM_PROMPT}]
    lost = of = 0
    for message in messages:
        if message["role"] == "user":
            asked = ask(budget, message["content"], max_tokens)
            turns.append(asked.messages[-1])
            lost, of = lost + asked.lost, of + asked.of
        else:
            turns.append({"role": message["role"], "content": harmless(message["content"])})
    if (tokens := budget.count(budget.chat.prompt(turns))) >= context:
        raise ServingError(f"the conversation has {tokens} tokens, the model's context {context}: begin a new one")
    return Asked(turns, lost, of)


def harmless(text: str) -> str:
    """The text with tokens of chat templates broken up: a document must not end the user's turn and open another."""
    return _TEMPLATE_TOKEN.sub(r"< |\1| >", text)


def _asked(budget: Budget, instruction: str, source: str, max_tokens: int) -> Asked:
    fitted = budget.fit(instruction, source, _answer_tokens(budget, max_tokens))
    if fitted is None or (source == "" and fitted.source):
        tokens = budget.count(instruction)
        raise ServingError(f"the question has {tokens} tokens, prompt and answer may have {budget.limit}: shorten it")
    messages = conversation(user_turn(instruction, fitted.source))
    return Asked(messages, fitted.lost, budget.count(source or instruction))


def _fits(budget: Budget, text: str, max_tokens: int) -> bool:
    fitted = budget.fit(text, "", _answer_tokens(budget, max_tokens))
    return fitted is not None and fitted.source == ""


def _answer_tokens(budget: Budget, max_tokens: int) -> int:
    return min(max_tokens, int(ANSWER_SHARE * budget.limit))
