import pytest
from harness import BINARY, Dirtwatch, FaultServer, Nginx
from slow import Slow


@pytest.fixture(scope="session", autouse=True)
def built():
    assert BINARY.exists(), "build/release/dirtwatch is missing: run make"


@pytest.fixture(scope="session", autouse=True)
def slow(request, built, tmp_path_factory):
    """Begun before all other tests, if it is wanted at all; slow() waits for it."""
    if not any("slow" in item.fixturenames and item.path.name == "test_slow_faults.py"
               for item in request.session.items):
        yield None
        return
    begun = Slow(tmp_path_factory.mktemp("slow"))
    yield begun.wait
    begun.join()


@pytest.fixture
def dirtwatch(tmp_path):
    return Dirtwatch(tmp_path / "dirtwatch")


@pytest.fixture
def site(tmp_path):
    nginx = Nginx(tmp_path / "nginx")
    yield nginx
    nginx.stop()


@pytest.fixture
def faults(tmp_path):
    server = FaultServer(tmp_path / "faults")
    yield server
    server.stop()


@pytest.fixture
def nginx(tmp_path):
    """Make servers with a configuration of one's own: nginx(conf=…)."""
    servers = []

    def make(**options):
        servers.append(Nginx(tmp_path / f"nginx{len(servers)}", **options))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def daemon(dirtwatch):
    """Start daemons; whatever is left of them is killed."""
    started = []

    def start(*args, **options):
        started.append(dirtwatch.start(*args, **options))
        return started[-1]

    yield start
    for one in started:
        one.kill()
