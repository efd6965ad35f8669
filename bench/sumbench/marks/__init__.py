"""What models and corpora leave in texts: thoughts, special tokens, wrappers, marks; found, counted, taken off."""
