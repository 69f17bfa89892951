"""The physical bounds: what no program can do without. Standard library only, started as lean as Python starts.

`python bounds.py inflate FOLDER` unpacks the worksheets of every workbook of the folder, `python bounds.py copy FILE
OUT` writes the bytes of one file sixteen times. Each prints the seconds of its work as JSON.
"""

import os
import shutil
import sys
import time
import zipfile


def inflate(folder: str) -> int:
    size = 0
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 (pathlib costs a start of its own)
        with zipfile.ZipFile(f"{folder}/{name}") as package:
            for part in package.namelist():
                if part.startswith("xl/worksheets/sheet"):
                    size += len(package.read(part))
    return size


def copy(source: str, out: str) -> int:
    with open(source, "rb") as stream:  # noqa: PTH123
        data = stream.read()
    for number in range(16):
        with open(f"{out}/{number}.xlsx", "wb") as stream:  # noqa: PTH123
            stream.write(data)
    return 16 * len(data)


if __name__ == "__main__":
    if sys.argv[1] == "copy":
        shutil.rmtree(sys.argv[3], ignore_errors=True)
        os.mkdir(sys.argv[3])  # noqa: PTH102
    job = {"inflate": inflate, "copy": copy}[sys.argv[1]]
    start, used = time.perf_counter(), time.process_time()
    done = job(*sys.argv[2:])
    work, cpu = time.perf_counter() - start, time.process_time() - used
    print(f'{{"work": {work:.6f}, "cpu": {cpu:.6f}, "done": {done}}}')
