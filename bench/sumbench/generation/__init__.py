"""Text generation: prompts, long documents, batching, decoding, and the back ends of each kind of model."""
