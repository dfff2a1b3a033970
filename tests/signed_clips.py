"""Clips with content credentials, signed by a certificate made on the spot, which nobody has reason to trust."""

import datetime
import json
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ACTIONS = [
    {
        "action": "c2pa.created",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
    },
    {"action": "c2pa.edited"},
]


def sign_clip(clip: Path, signed: Path, *, elsewhere: str | None = None, **manifest: Any) -> Path:
    """Write a signed copy of a clip; with `elsewhere` the manifest is not in it, only that address."""
    said = {
        "claim_generator_info": [{"name": "cutting room", "version": "1.0"}],
        "title": "a clip",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": ACTIONS}}],
        **manifest,
    }
    with c2pa.Builder(json.dumps(said)) as builder, _signer() as signer:
        if elsewhere:
            builder.set_no_embed()
            builder.set_remote_url(elsewhere)
        builder.sign_file(clip, signed, signer)
    return signed


def _signer() -> c2pa.Signer:
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("root", "root", root_key, root_key)
    chain = b"".join(
        one.public_bytes(serialization.Encoding.PEM) for one in (_certificate("signer", "root", key, root_key), root)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo("es256", chain, secret, None))


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """As C2PA wants it: an authority that signs certificates, or one whose key signs messages."""
    now, day, is_root = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1), name == issuer
    usage = x509.KeyUsage(not is_root, False, False, False, False, is_root, is_root, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Newsroom of nowhere")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
