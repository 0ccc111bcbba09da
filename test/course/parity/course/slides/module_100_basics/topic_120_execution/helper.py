from pathlib import Path


def numbers():
    lines = Path("data/numbers.csv").read_text().split()
    return [int(line) for line in lines[1:]]
