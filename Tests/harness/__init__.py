"""What the suites Contract, Node, Browser, Package and Fault share.

  settings.py     the programs under test, timeouts, the store
  messages.py     HTTP requests and answers, problem documents
  tokens.py       tokens as bytes and claims
  concurrency.py  calls at the same moment, waiting for a condition
  server.py       one installation: its process, its commands, its database, its HTTP interface
  cluster.py      PostgreSQL servers
  deployment.py   several nodes on one database; link.py: a connection to it that can be cut
  endpoint.py     anything that speaks HTTP; admin.py: the admin listener; console.py: its pages
  proofs.py       proofs of possession, for tokens that are bound to a key; notes.py: the example API
  receiver.py     a receiver of webhooks
  clients.py      OAuth clients; cookies.py: a browser as the server sees one
  load.py         clients that refresh while something happens to the server
  debian.py       Debian machines with systemd
  browsers/       Chromium, TLS and a second site
  faults/         failing disks and clocks, recorded histories and the checker that judges them
"""

from .clients import Client, add_back_end, add_client, form, vouch
from .concurrency import together, wait_until
from .messages import PROBLEMS, TOKEN_MEMBERS, Answer, assert_problem, encode
from .server import Server
from .settings import BINARY, DATABASE, PASSWORD, ROOT, TIMEOUT
from .tokens import base64url, claims, unbase64

__all__ = [
    "BINARY", "DATABASE", "PASSWORD", "PROBLEMS", "ROOT", "TIMEOUT", "TOKEN_MEMBERS", "Answer", "Client", "Server",
    "add_back_end", "add_client", "assert_problem", "base64url", "claims", "encode", "form", "together", "unbase64",
    "vouch", "wait_until",
]
