"""A timestamp authority of one's own (試験用の時刻認証): RFC 3161 tokens made in the same process.

Owns the token's shape. Never a substitute for a qualified authority: its time is this machine's, and its
certificate says 試験用.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.sign import general
from pyhanko.sign.timestamps import TimeStamper

# 2.25.x is the arc anyone may use for a UUID; this one names "the local twin's policy: no assurance".
_attribute: Callable[[str, Any], cms.CMSAttribute] = general.simple_cms_attribute
_POLICY: Final = "2.25.191243098415633127716543620541186216011"


class LocalTimestampAuthority(TimeStamper):
    """Answers every request with a token for one fixed moment, signed with the local timestamp key."""

    def __init__(
        self, certificate: x509.Certificate, key: rsa.RSAPrivateKey, root: x509.Certificate, at: datetime
    ) -> None:
        """`at` (UTC) is the moment the tokens attest."""
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it unannotated
        self._certificate = certificate
        self._key = key
        self._root = root
        self._at = at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One granted response (RFC 3161 §2.4.2)."""
        content = self._statement(req).dump()
        attributes = self._signed_attributes(content)
        signature = self._key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
        token = cms.ContentInfo(
            {"content_type": "signed_data", "content": self._envelope(content, attributes, signature)}
        )
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})

    def _statement(self, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        fields: dict[str, Any] = {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(64) | 1,
            "gen_time": self._at,
            "accuracy": {"seconds": 1},
            "tsa": x509.GeneralName("directory_name", self._certificate.subject),
        }
        if req["nonce"].native is not None:
            fields["nonce"] = req["nonce"]
        return tsp.TSTInfo(fields)

    def _signed_attributes(self, content: bytes) -> cms.CMSAttributes:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(content)
        moment = cms.Time({"utc_time": core.UTCTime(self._at.replace(microsecond=0))})
        return cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("signing_time", moment),
                _attribute("message_digest", digest.finalize()),
                _attribute(
                    "signing_certificate_v2", general.as_signing_certificate_v2(self._certificate, "sha256")
                ),
            ]
        )

    def _envelope(self, content: bytes, attributes: cms.CMSAttributes, signature: bytes) -> cms.SignedData:
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        issuer = {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number}
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha256],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": cms.ParsableOctetString(content),
                },
                "certificates": [
                    cms.CertificateChoices("certificate", one) for one in (self._certificate, self._root)
                ],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier("issuer_and_serial_number", issuer),
                        "digest_algorithm": sha256,
                        "signature_algorithm": {"algorithm": "sha256_rsa"},
                        "signed_attrs": attributes,
                        "signature": signature,
                    }
                ],
            }
        )
