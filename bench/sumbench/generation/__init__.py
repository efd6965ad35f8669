"""What every generating system shares: prompts, the input limit, and turning what was written into a summary."""
