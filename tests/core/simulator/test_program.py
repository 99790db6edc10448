"""The stand-in as a program: what it prints, and that nothing is left running."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from core.model.errors import MissingExtraError, UsageError
from core.simulator import Simulator, require_extra, server
from core.simulator.program import describe

ROOT: Final = Path(__file__).resolve().parents[3]
SERVE = (
    "import sys; from core.simulator import run;"
    "sys.exit(run(as_json=True, exit_with_parent='child' in sys.argv))"
)
NAMES = [
    "AWS_ENDPOINT_URL_SESV2",
    "AWS_ENDPOINT_URL_SQS",
    "AWS_ENDPOINT_URL_SNS",
    "AWS_ENDPOINT_URL_KMS",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "OUTTRAY_FROM",
    "OUTTRAY_CONFIGURATION_SET",
    "OUTTRAY_CHECK_MX",
    "OUTTRAY_QUEUE_URL",
]


def start(*words: str, **changes: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SERVE, *words],
        **changes,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    with start("child") as running:
        yield running
        running.kill()


def environment(program: subprocess.Popen[str]) -> dict[str, str]:
    assert program.stdout is not None
    printed: dict[str, dict[str, str]] = json.loads(program.stdout.readline())
    return printed["environment"]


def answers(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/_outtray/sent", timeout=10) as answer:  # noqa: S310
        return bool(json.loads(answer.read()) == [])


def test_it_prints_a_complete_environment_and_serves_until_terminated(
    program: subprocess.Popen[str],
) -> None:
    printed = environment(program)
    assert list(printed) == NAMES
    assert all(printed.values())
    assert answers(printed["AWS_ENDPOINT_URL_SESV2"])
    program.send_signal(signal.SIGTERM)
    out, errors = program.communicate(timeout=10)
    assert (program.returncode, out, errors) == (0, "", "")


def test_an_interrupt_during_the_start_ends_it_cleanly(program: subprocess.Popen[str]) -> None:
    environment(program)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=10)
    assert (program.returncode, errors) == (0, "")


def test_a_child_ends_when_its_parent_is_gone(program: subprocess.Popen[str]) -> None:
    assert answers(environment(program)["AWS_ENDPOINT_URL_SQS"])
    assert program.stdin is not None
    program.stdin.close()  # what the system does for a parent that was killed
    assert program.wait(timeout=10) == 0


def test_a_program_of_its_own_does_not_watch_its_input() -> None:
    with start() as running:
        printed = environment(running)
        assert running.stdin is not None
        running.stdin.close()
        assert answers(printed["AWS_ENDPOINT_URL_SNS"])
        os.kill(running.pid, signal.SIGTERM)
        assert running.wait(timeout=10) == 0


def test_for_people_the_environment_is_what_a_shell_reads() -> None:
    lines = describe({"OUTTRAY_FROM": "Outtray Demo <b@o.example>", "A": "1"}, as_json=False)
    assert lines == "export OUTTRAY_FROM='Outtray Demo <b@o.example>'\nexport A=1"


def test_a_port_in_use_is_a_usage_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} cannot be used"):
            Simulator(port=port)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_NEEDED", ("json", "no_such_module_of_the_extra"))
    assert find_spec("no_such_module_of_the_extra") is None
    with pytest.raises(MissingExtraError) as missing:
        require_extra()
    assert "no_such_module_of_the_extra" in missing.value.title
    assert "json" not in missing.value.title
    assert "Install it with: " in missing.value.hint


def test_importing_the_package_imports_neither_moto_nor_a_web_server() -> None:
    code = (
        "import sys, core.simulator;"
        "print([n for n in ('moto', 'werkzeug', 'flask', 'boto3', 'botocore') if n in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_stopped_stand_in_answers_nobody_and_can_be_stopped_twice() -> None:
    simulator = Simulator()
    with simulator:
        assert answers(simulator.url)
    simulator.stop()
    with pytest.raises(OSError, match="refused"):
        answers(simulator.url)


def test_it_writes_no_file_even_where_moto_was_told_to(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("here", "home", "tmp")]
    for folder in folders:
        folder.mkdir()
    here, home, temporary = map(str, folders)
    told = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home)
    told |= {"TMPDIR": temporary, "MOTO_ENABLE_RECORDING": "true", "PYTHONPATH": str(ROOT)}
    with start("child", cwd=here, env={**os.environ, **told}) as running:
        url = environment(running)["AWS_ENDPOINT_URL_SQS"]
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        at = {"endpoint_url": url, "region_name": "eu-west-1", **keys}
        queues = boto3.client("sqs", **at)
        queue_url = queues.list_queues()["QueueUrls"][0]
        queues.send_message(QueueUrl=queue_url, MessageBody="kept in memory")
        boto3.client("sns", **at).list_topics()
        boto3.client("sesv2", **at).put_suppressed_destination(
            EmailAddress="ann@customer.example", Reason="BOUNCE"
        )
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{url}/moto-api/recorder/start-recording", data=b"")  # noqa: S310
        running.terminate()
        assert running.wait(timeout=10) == 0
    assert [str(each) for each in tmp_path.rglob("*") if each not in folders] == []
