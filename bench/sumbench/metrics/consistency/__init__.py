"""Factual consistency by classifiers: entailment of sentences, checked claims, hallucinated words."""
