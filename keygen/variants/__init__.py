"""One variant of an exercise: drawn, judged, solved, measured."""
