"""The certificate authority of the browser tests."""

from __future__ import annotations

import base64
import datetime
import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = ["heirloom.test", "evil.test"]


class CertificateAuthority:
    """Signs one certificate for all hosts of the tests."""

    def __init__(self, folder: Path):
        self.certificate_file, self.key_file = folder / "chain.pem", folder / "key.pem"
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        root = self._sign(root_name, root_name, root_key.public_key(), root_key, is_root=True)
        leaf = self._sign(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])]), root_name, key.public_key(), root_key)
        pem = serialization.Encoding.PEM
        self.certificate_file.write_bytes(leaf.public_bytes(pem) + root.public_bytes(pem))
        self.key_file.write_bytes(key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        public = root.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        # Chromium gets this pin as an option, so the machine's trust store stays as it is.
        self.pin = base64.b64encode(hashlib.sha256(public).digest()).decode()

    @staticmethod
    def _sign(name, issuer, public_key, signing_key, is_root=False):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True))
        if not is_root:
            names = [x509.DNSName(host) for host in HOSTS]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signing_key, hashes.SHA256())
