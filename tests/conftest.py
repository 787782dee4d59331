"""Lets the tests import the modules beside them by name."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "generated"), str(HERE / "oracle")]
