"""Inside the namespace: serve all scenes, scan each of them twice, write down what came of it.

usage: python3 -m platforms.inside WORK      WORK: a folder as world.run() makes it
"""
import concurrent.futures
import json
import os
import pathlib
import pickle
import subprocess
import sys

from platforms import server, world

SECONDS = 120  # of one run of the program


def scan(folder, later=0):
    process = world.start_scan(folder, later)
    try:
        status = process.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    return world.read_scan(folder, status)


def play(folder, scene):
    """The first scan, and one more that finds everything as it was."""
    first = scan(folder)
    first["requests"], scene.requests = scene.requests, []
    if (folder / "twice").exists():
        first["again"] = scan(folder, world.LATER)
        first["again"]["requests"] = scene.requests
    return first


def main():
    work = pathlib.Path(sys.argv[1])
    routes = pickle.loads((work / "routes.pickle").read_bytes())
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for number in range(len(routes)):
        subprocess.run(["ip", "address", "add", f"{world.address_of(number)}/32", "dev", "lo"], check=True)
    scenes = [server.Scene(each) for each in routes]
    serving = server.Server({world.address_of(i): scene for i, scene in enumerate(scenes)},
                            work / "leaf.pem", work / "leaf.key")
    serving.start()
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        results = list(pool.map(play, [work / str(i) for i in range(len(scenes))], scenes))
    (work / "results.json").write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main()
