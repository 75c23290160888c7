import numpy as np
import pandas as pd

from benchmarks.precision import Moved, compare


def test_the_model_file_says_what_the_leaderboard_says(capsys):
    x = np.linspace(0, 1, 60)
    frame = pd.DataFrame({"x": x, "y": 1e9 + 3 * x})
    parts = frame.iloc[::2], frame.iloc[1::2]
    moved = Moved(name="line", train=parts[0], validation=parts[1], target="y", offset=1e9)

    difference = compare(moved)

    assert difference <= 1e-4
    assert capsys.readouterr().out.splitlines()[-1].startswith("line")
