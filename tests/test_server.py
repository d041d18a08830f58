"""The server as a process: how it starts, what it says, how it stops."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from msgspec import structs

from api.access import tokens
from api.access.token_file import read_tokens, write_tokens
from api.access.tokens import Role
from graph_model.stores.embedded import open_store
from server import StartRefusedError, check_exposure, create_app
from settings import Settings
from tests.serving import Server, serving, start

VILLAGE = {"query": '{ village(code: "530521101201") { name } }'}


def failure(**settings: str) -> tuple[int, str]:
    """The exit code and the words of a server that does not start."""
    process = start(**settings)
    _, said = process.communicate(timeout=30)
    return process.returncode, said


@pytest.fixture
def store(loaded_store: Path, tmp_path: Path) -> Path:
    """A copy of the loaded store, to be broken."""
    return Path(shutil.copy(loaded_store, tmp_path / "zeren.db"))


@pytest.fixture(scope="module")
def server(loaded_store: Path) -> Iterator[Server]:
    """A server over all data that ship."""
    with serving(loaded_store) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        yield client


def test_answers(client: httpx2.Client) -> None:
    answer = client.post("/graphql", json=VILLAGE).json()
    assert answer["data"] == {"village": {"name": "乌邑社区村民委员会"}}


def test_is_ready(client: httpx2.Client) -> None:
    assert client.get("/ready").json()["status"] == "ready"


def test_does_not_say_what_serves(client: httpx2.Client) -> None:
    assert "Server" not in client.get("/health").headers


def test_head_has_no_body(client: httpx2.Client) -> None:
    response = client.head("/graphql?query={__typename}")
    assert (response.status_code, response.content) == (200, b"")


def test_a_broken_request_line_is_refused(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"\x16\x03\x01nonsense\r\n\r\n")
        assert connection.recv(64).startswith(b"HTTP/1.1 400")


def test_a_body_that_never_ends_is_cut_off(server: Server) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    headers = {"Content-Type": "application/json"}
    with httpx2.Client(base_url=server.url, headers=headers, trust_env=False) as client:
        try:
            status = client.post("/graphql", content=endless()).status_code
        except httpx2.TransportError:
            status = 413  # it closed the connection before it had read all: that is what is wanted
    assert status == 413


def test_the_log_is_one_json_object_a_line_with_the_request_id(loaded_store: Path) -> None:
    with serving(loaded_store) as running, httpx2.Client(base_url=running.url, trust_env=False) as client:
        client.post("/graphql", json=VILLAGE, headers={"X-Request-Id": "mine"})
        client.post("/graphql", content=b"\xff", headers={"Content-Type": "application/json", "X-Request-Id": "yours"})
    answered = [line for line in running.log if line["event"] == "answered"]
    assert [(line["request_id"], line["status"]) for line in answered] == [("mine", 200), ("yours", 400)]


def test_a_line_of_a_library_is_json_too(loaded_store: Path) -> None:
    with serving(loaded_store) as running:
        host, port = running.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            connection.recv(64)
    assert [line["level"] for line in running.log if line["event"] != "listening"] == ["warning"]


def test_a_text_log_is_for_people(loaded_store: Path) -> None:
    process = start(store=f"sqlite:///{loaded_store}", port="0", log_format="text")
    assert process.stderr is not None
    line = process.stderr.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert "listening" in line
    assert not line.startswith("{")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops_when_told_to(loaded_store: Path, number: signal.Signals) -> None:
    with serving(loaded_store) as running:
        httpx2.get(f"{running.url}/health", trust_env=False)
        running.process.send_signal(number)
        code = running.process.wait(30)
    assert code in {0, -number}
    assert [line["event"] for line in running.log] == ["listening", "answered"]


def test_stops_without_a_word_when_told_to_at_once(loaded_store: Path) -> None:
    with serving(loaded_store) as running:
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
    assert [line["event"] for line in running.log] == ["listening"]


def test_two_servers_read_one_store(loaded_store: Path) -> None:
    with serving(loaded_store) as one, serving(loaded_store) as other:
        answers = {httpx2.post(f"{url}/graphql", json=VILLAGE, trust_env=False).content for url in (one.url, other.url)}
    assert len(answers) == 1


def test_a_store_that_is_absent(tmp_path: Path) -> None:
    code, said = failure(store=f"sqlite:///{tmp_path}/nothing.db", port="0")
    assert (code, said.count("\n")) == (1, 1)
    assert "nothing.db: there is no such file; load data into it first: python -m loaders load" in said


def test_a_store_that_is_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    code, said = failure(store=f"sqlite:///{tmp_path}/empty.db", port="0")
    assert (code, said.count("\n"), "python -m loaders load" in said) == (1, 1, True)


def test_a_store_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database, but long enough to be taken for one" * 50, encoding="utf-8")
    code, said = failure(store=f"sqlite:///{tmp_path}/notes.txt", port="0")
    assert (code, said.count("\n"), "no database" in said) == (1, 1, True)


@pytest.mark.parametrize("url", ["", "zeren.db", "postgres://localhost/zeren", "sqlite:///", "sqlite:///:memory:"])
def test_a_store_whose_address_is_wrong(url: str) -> None:
    code, said = failure(store=url, port="0")
    assert (code, said.count("\n"), "sqlite:///" in said) == (1, 1, True)


def test_a_store_without_a_data_set_is_served_and_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    asyncio.run(open_store(f"sqlite:///{path}", "writer").close())
    with serving(path) as running:
        ready = httpx2.get(f"{running.url}/ready", trust_env=False)
        health = httpx2.get(f"{running.url}/health", trust_env=False)
    assert (ready.status_code, health.status_code) == (503, 200)


def test_a_store_that_is_damaged_while_it_is_served(store: Path) -> None:
    with serving(store) as running, httpx2.Client(base_url=running.url, trust_env=False) as client:
        with store.open("r+b") as file:
            file.truncate(8192)
        answer = client.post("/graphql", json=VILLAGE)
        ready, health = client.get("/ready"), client.get("/health")
    assert answer.json()["errors"][0]["extensions"]["code"].startswith("STORE_")
    assert (answer.status_code, ready.status_code, health.status_code) == (200, 503, 200)


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.rename(path.with_suffix(".old"))])
def test_a_store_that_is_gone_while_it_is_served(store: Path, change: Callable[[Path], object]) -> None:
    with serving(store) as running, httpx2.Client(base_url=running.url, trust_env=False) as client:
        change(store)
        answer = client.post("/graphql", json=VILLAGE)
        ready, health = client.get("/ready"), client.get("/health")
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "STORE_UNAVAILABLE", "retryable": True}
    assert "restart" in error["message"]
    assert (answer.status_code, ready.status_code, health.status_code) == (200, 503, 200)


@pytest.mark.parametrize(
    "settings", [{"port": "80000"}, {"port": "http"}, {"default_date": "never"}, {"log_level": "loud"}]
)
def test_a_setting_that_is_wrong_is_named_in_one_line(settings: dict[str, str]) -> None:
    ((name, value),) = settings.items()
    code, said = failure(**settings)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith(f"ZEREN_{name.upper()} = {value!r}: ")


def test_a_port_that_is_taken(loaded_store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = failure(store=f"sqlite:///{loaded_store}", port=port)
    assert (code, said.count("\n"), f"ZEREN_PORT {port}" in said) == (1, 1, True)


def test_a_host_that_does_not_exist(loaded_store: Path) -> None:
    code, said = failure(store=f"sqlite:///{loaded_store}", port="0", host="no.such.host.invalid")
    assert (code, said.count("\n"), "ZEREN_HOST no.such.host.invalid" in said) == (1, 1, True)


PUBLIC = "0.0.0.0"  # noqa: S104 - refused, never served
VIEWER = {"query": "{ viewer { name mayWrite } }"}


def make_token(path: Path, role: Role = Role.EDITOR) -> str:
    """A token in a file of its own."""
    text, token = tokens.make_token("甲", role)
    write_tokens(path, [token])
    return text


@pytest.mark.parametrize("role", [None, Role.READER])
def test_takes_no_writes_on_a_public_address_without_an_editors_token(
    loaded_store: Path, tmp_path: Path, role: Role | None
) -> None:
    path = tmp_path / "tokens.json"
    if role is not None:
        make_token(path, role)
    code, said = failure(store=f"sqlite:///{loaded_store}", port="0", host=PUBLIC, writable="true", tokens=str(path))
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("ZEREN_WRITABLE on the public address 0.0.0.0, and ")
    assert str(path) in said
    assert "scripts/tokens.py create" in said


def test_a_revoked_token_opens_no_public_address(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    _, token = tokens.make_token("甲", Role.EDITOR)
    write_tokens(path, [structs.replace(token, revoked=token.created)])
    with pytest.raises(StartRefusedError):
        check_exposure(Settings(writable=True, tokens=str(path)), "203.0.113.7")


@pytest.mark.parametrize("address", [PUBLIC, "::", "203.0.113.7", "fe80::1%eth0"])
def test_reads_are_public_without_tokens_and_writes_with_them(tmp_path: Path, address: str) -> None:
    path = tmp_path / "tokens.json"
    assert check_exposure(Settings(tokens=str(path)), address)
    make_token(path)
    assert check_exposure(Settings(writable=True, tokens=str(path)), address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_the_loopback_is_not_public(tmp_path: Path, address: str) -> None:
    assert not check_exposure(Settings(writable=True, tokens=str(tmp_path / "tokens.json")), address)


def test_on_the_loopback_a_warning_says_that_nobody_can_write(own_store: Path, tmp_path: Path) -> None:
    with serving(own_store, tokens=str(tmp_path / "tokens.json"), writable="true") as running:
        answer = httpx2.post(f"{running.url}/graphql", json=VIEWER, trust_env=False).json()
    assert answer["data"]["viewer"] is None
    (warning,) = [line for line in running.log if line["level"] == "warning"]
    assert "scripts/tokens.py create" in warning["remedy"]


def test_tokens_that_cannot_be_read(loaded_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text("{", encoding="utf-8")
    code, said = failure(store=f"sqlite:///{loaded_store}", port="0", tokens=str(path))
    assert (code, said.count("\n"), "no file of tokens" in said) == (1, 1, True)


def test_a_token_is_known_until_it_is_revoked_and_never_in_the_log(own_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    statuses = []
    with serving(own_store, tokens=str(path), writable="true", log_level="debug") as running:
        text = make_token(path)
        headers = {"Authorization": f"Bearer {text}"}
        with httpx2.Client(base_url=running.url, headers=headers, trust_env=False) as client:
            first = client.post("/graphql", json=VIEWER)
            statuses.append(first.status_code)
            (token,) = read_tokens(path)
            write_tokens(path, [structs.replace(token, revoked=token.created)])
            statuses.append(client.post("/graphql", json=VIEWER).status_code)
            path.write_text(text, encoding="utf-8")
            statuses.append(client.post("/graphql", json=VIEWER).status_code)
    assert first.json()["data"]["viewer"] == {"name": "甲", "mayWrite": True}
    assert statuses == [200, 401, 503]
    assert not any(text in line or text[4:] in line for line in running.lines)


def test_the_application_comes_from_the_settings_alone(loaded_store: Path) -> None:
    app = create_app(Settings(store=f"sqlite:///{loaded_store}"))
    paths = {getattr(route, "path", None) for route in app.routes}
    assert paths >= {"", "/graphql", "/schema.graphql", "/health", "/ready"}
