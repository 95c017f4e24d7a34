"""Mail to the outside (電子メール): the seam (`Post`), the city's own relay by SMTP, and twins that write a file or the console.

Owns how a letter leaves and what a refusal means. Never knows why a letter is written and never logs an address.
"""

from dokodemo.adapters.mail.ports import Letter, Post, Refused, Unreachable
from dokodemo.adapters.mail.sending import is_offered, post
from dokodemo.adapters.mail.settings import Relay, relay

__all__ = ["Letter", "Post", "Refused", "Relay", "Unreachable", "is_offered", "post", "relay"]
