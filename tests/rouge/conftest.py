"""Hypothesis without a deadline: how long an example takes on a busy machine says nothing about its figures."""

from hypothesis import settings

settings.register_profile("rouge", deadline=None)
settings.load_profile("rouge")
