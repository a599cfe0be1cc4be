"""Sums of money as judgments write them."""


def money(amount: int, ending: str = "/-") -> str:
    """Rupees with Indian grouping."""
    digits = str(amount)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return f"Rs. {','.join([*pairs, tail])}{ending}"
