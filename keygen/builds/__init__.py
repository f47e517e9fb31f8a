"""Runs: a sheet for every student of a roster, in batches, on all cores or on a cluster."""
