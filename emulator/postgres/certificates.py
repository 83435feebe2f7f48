"""A certificate authority for one run, and the certificates of its databases."""

import datetime
import ipaddress
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from emulator.settings import HOST

CA_FILE = "ca.pem"
_LIFETIME = datetime.timedelta(days=30)


class Authority:
    """Signs the certificates of one run; ``ca.pem`` in its folder is what clients trust.

    Its key is never written: when the run is over, nothing else can be signed with it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key, self._name = _new_key(), _name("Cambium embedded AWS")
        ca = _builder(self._name, self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        ca = ca.add_extension(_key_usage(is_ca=True), critical=True)
        self._subject_key = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        ca = ca.add_extension(self._subject_key, critical=False)
        self.file.write_bytes(_pem(ca.sign(self._key, hashes.SHA256())))

    @property
    def file(self) -> Path:
        """The authority's certificate."""
        return self._folder / CA_FILE

    def context(self, address: str = HOST) -> ssl.SSLContext:
        """Return what a server at this address needs; 127.0.0.1 is also called localhost."""
        key = _new_key()
        server = _builder(_name(address), self._name, key).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(address))]
        if address == HOST:
            names.append(x509.DNSName("localhost"))
        for extension in (
            x509.SubjectAlternativeName(names),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._subject_key),
        ):
            server = server.add_extension(extension, critical=False)
        return _context(self._folder, _pem(server.sign(self._key, hashes.SHA256())), key)


def make_context(folder: Path) -> ssl.SSLContext:
    """Make an authority for one server at 127.0.0.1; leave the authority's certificate as ``ca.pem``."""
    return Authority(folder).context()


def _context(folder: Path, certificate: bytes, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with tempfile.NamedTemporaryFile(dir=folder) as file:  # the ssl module only loads from files
        file.write(private + certificate)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _LIFETIME)
    )


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
