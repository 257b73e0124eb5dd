"""What takes a minute, all at once and beside the other tests."""
import socket
import threading
import time

from harness import Dirtwatch, FaultServer
from world import NET, Fault, World

# These end by a limit in seconds: 20 s for those slower than 100 bytes a second.
SLOW = [
    Fault("nothing at all", "/stall/header", NET, failed=True),
    Fault("half a body, then nothing", "/stall/body", NET, failed=True),
    Fault("a header a byte at a time", "/slow/header", NET, failed=True),
    Fault("a body a byte at a time", "/slow/body", NET, failed=True),
    Fault("a body that takes an hour", "/slow/body?ms=5&n=1000000", NET, failed=True),
    Fault("a robots.txt that stalls", "/stall/body", NET, "robots.txt", [], failed=True, path="/robots.txt"),
]


class Backlog:
    """A port at which connections are never taken: its queue is full."""

    def __enter__(self):
        self.listening = socket.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.listening.listen(0)
        self.queued = [socket.socket() for _ in range(8)]
        for one in self.queued:
            one.setblocking(False)
            one.connect_ex(self.listening.getsockname())
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/ada"

    def __exit__(self, *_):
        for one in [*self.queued, self.listening]:
            one.close()


class Slow:
    def __init__(self, folder):
        self.folder = folder
        self.error = None
        self.threads = [threading.Thread(target=self.keep, args=(what,)) for what in (self.stall, self.never_connect)]
        for thread in self.threads:
            thread.start()

    def keep(self, what):
        try:
            what()
        except Exception as error:
            self.error = error

    def stall(self):
        self.world = World(self.folder / "stall", SLOW, ("before", "met"))

    def never_connect(self):
        server = FaultServer(self.folder / "mute", tls=True)
        try:
            with Backlog() as full:
                started = time.monotonic()
                result = Dirtwatch(self.folder / "unmade").scan_url(full, server.https("mute") + "/ada")
                self.unmade = result, time.monotonic() - started
        finally:
            server.stop()

    def join(self):
        for thread in self.threads:
            thread.join()

    def wait(self):
        self.join()
        if self.error:
            raise self.error
        return self
