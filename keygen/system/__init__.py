"""What touches the machine: files and the store, text, limits, the terminal."""
