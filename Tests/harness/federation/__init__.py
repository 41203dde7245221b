"""Providers for tests of federation.

  case.py      what an issuer does differently; jws.py: its keys and signatures
  provider.py  the hostile provider: one issuer for each case
  visitor.py   a browser that signs in with a provider
"""

from .case import Case, Reply, doubled, having, later, nested, without
from .jws import HMACKey, compact, ec_key, ed_key, rsa_key
from .provider import CLIENT, SECRET, Issuer, Provider
from .visitor import ATTEMPT, Visitor, assert_only_clears_attempts, onward, parameters

__all__ = [
    "ATTEMPT", "CLIENT", "SECRET", "Case", "HMACKey", "Issuer", "Provider", "Reply", "Visitor",
    "assert_only_clears_attempts", "compact", "doubled", "ec_key", "ed_key", "having", "later", "nested", "onward",
    "parameters", "rsa_key", "without",
]
