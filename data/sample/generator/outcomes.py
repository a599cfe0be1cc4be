"""How a case may end, as seen by the side that moved the court, and what registries call it."""

POLARITY = {
    "allowed": "for",
    "dismissed": "against",
    "partly_allowed": "mixed",
    "remanded": "mixed",
    "disposed": "neutral",
    "quashed": "for",
    "acquitted": "for",
    "convicted": "for",
    "withdrawn": "neutral",
}
DISPOSALS = {
    "allowed": ("Allowed", "ALLOWED", "Petition allowed"),
    "dismissed": ("Dismissed", "DISMISSED", "Dismissed on merits"),
    "partly_allowed": ("Partly Allowed", "PARTLY ALLOWED", "Allowed in part"),
    "remanded": ("Remanded", "REMANDED", "Remanded back"),
    "disposed": ("Disposed", "DISPOSED OF", "Disposed off with directions"),
    "quashed": ("Quashed", "Allowed, proceedings quashed", "QUASHED"),
    "acquitted": ("Appeal allowed, accused acquitted", "Acquitted", "ACQUITTED"),
    "convicted": ("State appeal allowed, accused convicted", "Convicted", "CONVICTED"),
    "withdrawn": ("Dismissed as Withdrawn", "WITHDRAWN", "Withdrawn"),
}
OPPOSITES = {label: "allowed" if label in ("dismissed", "withdrawn") else "dismissed" for label in POLARITY}
