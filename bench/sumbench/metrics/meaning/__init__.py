"""Metrics on embeddings: BERTScore, similarity of sentence embeddings, SMART."""
