"""The back end `endpoint`: models behind OpenAI-compatible servers, with retries, timeouts and a secret key."""
