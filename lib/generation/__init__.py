"""Language models: messages -> a stream of text. The built-in one, any OpenAI-compatible endpoint, and a fake."""
