"""keygen: deep-learning problem sheets with answer keys that cannot be wrong."""

import os

__version__ = "0.12.0"

# sympy and mpmath check what FLINT and GMP compute elsewhere, so they compute in plain Python: both look here once,
# when they are imported.
os.environ.setdefault("SYMPY_GROUND_TYPES", "python")
os.environ.setdefault("MPMATH_NOGMPY", "1")
