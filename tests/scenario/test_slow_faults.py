"""Faults that end by a limit in seconds.  conftest.py begins them before all other tests; they are waited for here."""
import re

import pytest
from world import NET, check_is_honest
from slow import SLOW


@pytest.mark.parametrize("fault", SLOW, ids=lambda fault: fault.name)
def test_slow(slow, fault):
    check_is_honest(slow().world, fault)


def test_connections_that_are_never_made(slow):
    """Nobody takes the connection, or nobody answers the TLS handshake: given up after LIMIT_CONNECT_S."""
    result, seconds = slow().unmade
    assert result.status == 3 and 9 < seconds < 20, (seconds, result.err)
    for profile in result.events("profile"):
        assert profile["verdict"] == NET and re.search("[Tt]ime|timed out", profile["why"]), profile
