"""Benchmark tests: what the hot operations cost in instructions.

    python -m pytest Tests/Benchmark

They need Debian's packages valgrind and binutils, and .build/release/heirloom-microbench.
"""

import sys

from harness import ROOT

sys.path.append(str(ROOT / "Benchmarks"))
