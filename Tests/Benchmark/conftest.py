"""Benchmark tests: what the hot operations cost in instructions, and what the benchmark decides.

    python -m pytest Tests/Benchmark

They need Debian's packages valgrind and binutils, and .build/release/heirloom-microbench.

  test_instructions.py  instruction counts, against those in git
  test_figures.py       the figures of runs, their goals and their page
  test_report.py        the tables of a run
"""

import sys

from harness import ROOT

sys.path.append(str(ROOT / "Benchmarks"))
