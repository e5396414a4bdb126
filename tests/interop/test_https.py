"""Repositories over TLS: either program serves and asks, and both trust the same servers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from .test_http import make, programs, run, serving

__all__ = ["programs"]

SESSION = [
    "identify {url}",
    "identify {url} --insecure",
    "identify {url} --config web.cacerts=self.pem",
    "identify {url} --config web.cacerts=ca.pem",
    "identify {url} --config web.cacerts=ca.pem --debug",
    "identify {url} --config web.cacerts=nowhere",
    "identify {url} --config web.cacerts=empty",
    "identify {url} --config devel.disableloaddefaultcerts=yes",
    "identify {url} --config hostsecurity.localhost:verifycertsfile=ca.pem",
    "identify {url} --config hostsecurity.localhost:fingerprints=sha256:{print}",
    "identify {url} --config hostsecurity.localhost:fingerprints=sha1:aa --insecure",
    "identify {url} --config hostsecurity.localhost:fingerprints=aa",
    "identify {url} --config hostfingerprints.localhost=aa",
    "identify {url} --config hostsecurity.ciphers=none",
    "identify {url} --config hostsecurity.ciphers=HIGH --insecure",
    "identify {url} --config hostsecurity.minimumprotocol=none",
    "clone {url} mine --config web.cacerts=ca.pem",
    "-R mine pull",
    "-R mine pull --insecure",
    "-R mine push --insecure",
]


def openssl(base: Path, *words: str) -> None:
    """Run OpenSSL's program."""
    done = subprocess.run(
        ["openssl", *words], cwd=base, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def certify(base: Path, name: str, extension: str, *signing: str) -> None:
    """Make a certificate with its key, signed by itself or another."""
    (base / "extension").write_text(extension)
    openssl(base, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
            "-subj", f"/CN={name}", "-out", "request")  # fmt: skip
    openssl(base, "x509", "-req", "-in", "request", "-days", "3650", "-extfile", "extension",
            "-out", f"{name}.pem", *(signing or ("-signkey", f"{name}.key")))  # fmt: skip
    both = (base / f"{name}.key").read_text() + (base / f"{name}.pem").read_text()
    (base / f"{name}.both").write_text(both)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates for all kinds of servers."""
    base = tmp_path_factory.mktemp("certificates")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
    certify(base, "ca", "basicConstraints=CA:TRUE")
    certify(base, "self", "basicConstraints=CA:TRUE\nsubjectAltName=DNS:localhost")
    certify(base, "good", "subjectAltName=DNS:localhost,IP:127.0.0.1", *signing)
    certify(base, "localhost", "", *signing)
    certify(base, "elsewhere", "subjectAltName=DNS:*.other.org,DNS:x.org", *signing)
    certify(base, "authority", "basicConstraints=CA:TRUE\nsubjectAltName=DNS:localhost", *signing)
    (base / "empty").write_text("nothing\n")
    return base


def fingerprint(certificate: Path) -> str:
    """The fingerprint of a certificate."""
    words = ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", str(certificate)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split("=")[1]


def session(server: str, client: str, name: str, base: Path, certificates: Path) -> list[str]:
    """What a client says to a server with a certificate."""
    base.mkdir()
    for file in certificates.iterdir():
        (base / file.name).write_bytes(file.read_bytes())
    make(client, base)
    said = []
    with serving(server, base / "served", "--certificate", str(base / f"{name}.both")) as plain:
        url = plain.replace("http://127.0.0.1", "https://localhost")
        for line in SESSION:
            text = line.format(url=url, print=fingerprint(base / f"{name}.pem").strip())
            out = run(client, text, base).replace(url, "URL").replace(str(base), "BASE")
            said.append(f"{line}\n{re.sub(r'[(]sent .*', '', out)}")
    return said


@pytest.mark.parametrize("name", ["good", "self", "elsewhere", "authority"])
def test_both_trust_the_same_servers(
    programs: dict[str, str], certificates: Path, name: str, tmp_path: Path
) -> None:
    theirs, ours = programs["theirs"], programs["ours"]
    expected = session(theirs, theirs, name, tmp_path / "expected", certificates)
    assert session(theirs, ours, name, tmp_path / "asked", certificates) == expected
    assert session(ours, ours, name, tmp_path / "own", certificates) == expected


def test_the_oracle_trusts_our_server(
    programs: dict[str, str], certificates: Path, tmp_path: Path
) -> None:
    theirs, ours = programs["theirs"], programs["ours"]
    expected = session(theirs, theirs, "good", tmp_path / "expected", certificates)
    assert session(ours, theirs, "good", tmp_path / "served", certificates) == expected


def test_certificates_say_who_clients_are(
    programs: dict[str, str], certificates: Path, tmp_path: Path
) -> None:
    theirs, ours = programs["theirs"], programs["ours"]
    make(theirs, tmp_path)
    pem = {file.name: str(file) for file in certificates.iterdir()}
    openssl(tmp_path, "pkcs8", "-topk8", "-in", pem["good.key"], "-passout", "pass:1234",
            "-out", "encrypted")  # fmt: skip
    openssl(tmp_path, "rsa", "-aes128", "-in", pem["good.key"], "-passout", "pass:1234",
            "-traditional", "-out", "old")  # fmt: skip
    options = ["--certificate", pem["good.both"], "--config", f"devel.servercafile={pem['ca.pem']}",
               "--config", "devel.serverrequirecert=yes"]  # fmt: skip
    said = {}
    for server in (theirs, ours):
        with serving(server, tmp_path / "served", *options) as plain:
            url = plain.replace("http://127.0.0.1", "https://localhost")
            for key in ("good.key", "ca.key", "encrypted", "old"):
                words = [
                    ours, "identify", url, "--config", f"web.cacerts={pem['ca.pem']}",
                    "--config", "auth.a.prefix=localhost", "--config", f"auth.a.cert={pem['good.pem']}",
                    "--config", f"auth.a.key={pem.get(key, key)}",
                    "--config", "ui.interactive=yes", "--config", "ui.nontty=yes",
                ]  # fmt: skip
                done = subprocess.run(
                    words, cwd=tmp_path, input="1234\n", capture_output=True, text=True,
                    env=dict(os.environ, HGRCPATH=""), check=False,
                )  # fmt: skip
                said[server, key] = done.stdout[:12] if done.returncode == 0 else done.stderr
    tip = run(theirs, "-R served identify -i -r tip", tmp_path)[:12]
    for server in (theirs, ours):
        for key in ("good.key", "encrypted", "old"):
            assert said[server, key] == tip, key
        assert "key values mismatch" in said[server, "ca.key"]
