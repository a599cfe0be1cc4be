"""What is asked of a model, in the words of the instruction."""

INSTRUCTIONS = {
    "outcome_analysis": "Analyze the outcome of this judgment: what was decided, why, and with what result.",
    "summarization": "Summarize this judgment: the parties, the question, the reasoning and the result.",
    "info_extraction": "Extract the key information of this judgment: court, case number, date, parties, provisions, "
    "result.",
    "research_qa": "Answer the question from this judgment alone. Question: {question}",
}
TASKS = tuple(INSTRUCTIONS)
