"""A few damaged files for every reader: `python tools/fuzz.py` has as many as there is time for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "fuzz.py"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
def test_damaged_files_end_in_data_or_a_line_of_words(tmp_path):
    command = [sys.executable, TOOL, "--quiet", "--seed", "0", "--cases", "12", "--minutes", "3", "--out", tmp_path]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONWARNINGS": ""}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "png" in done.stdout
