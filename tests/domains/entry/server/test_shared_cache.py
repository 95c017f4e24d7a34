"""The cache all processes share (共有キャッシュ): one `add` of many succeeds, also across processes."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from dokodemo.entry.server.shared_cache import SharedCache

ADD = """
import sys
from django.conf import settings
settings.configure()
from dokodemo.entry.server.shared_cache import SharedCache
cache = SharedCache(sys.argv[1], {})
print(sum(cache.add(f"code-{n}", sys.argv[2]) for n in range(200)))
"""


def test_one_of_many_threads_gets_in(tmp_path: Path) -> None:
    cache = SharedCache(str(tmp_path / "cache"), {})
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            won = list(pool.map(lambda who, key=f"k{number}": cache.add(key, who), range(8)))
            assert sum(won) == 1


def test_one_of_several_processes_gets_in(tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    children = [
        subprocess.Popen([sys.executable, "-c", ADD, folder, str(who)], stdout=subprocess.PIPE)
        for who in range(3)
    ]
    won = [int(child.communicate(timeout=60)[0]) for child in children]
    assert sum(won) == 200


def test_what_has_run_out_makes_room(tmp_path: Path) -> None:
    cache = SharedCache(str(tmp_path / "cache"), {})
    assert cache.add("key", 1, timeout=-1)
    assert cache.add("key", 2, timeout=60)
    assert not cache.add("key", 3)
    assert cache.get("key") == 2


def test_the_city_uses_it_in_its_own_folder() -> None:
    chosen = settings.CACHES["default"]
    assert chosen["BACKEND"].endswith("SharedCache")
    assert Path(chosen["LOCATION"]).is_relative_to(settings.DOKODEMO_HOME)
