"""Where models live once they are made: Ollama, the files in production, and the journal of what was live when."""
