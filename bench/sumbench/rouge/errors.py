"""The exception of sumbench.rouge."""


class RougeError(ValueError):
    """Input or settings that ROUGE cannot be computed from; the message says which, where, and what to do.

    It is a ValueError because code written for rouge_score catches that.
    """
