"""What an exercise becomes in a language: words and objects as nodes, in no medium yet."""
