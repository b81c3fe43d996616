"""Every setting and its default; the environment overrides it as GUIDE_<NAME>."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting in the environment cannot be used; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the site. Every default is safe in public.

    `bot_timeout` is in seconds; `message_limit` in characters; `rate_limit` in messages a minute and address;
    `conversation_limit` in messages, after which a talk begins anew. `operator` and `feedback` (mailto: or https:)
    are shown on the accessibility statement: who runs this copy and how to reach them. `bot_url` is the address of the
    assistant, or several with a comma between them: each talk stays with one of them.
    """

    content: Path = ROOT / "content"
    translations: Path = ROOT / "translations"
    training: Path = ROOT / "bot" / "data" / "nlu"
    bot_url: str = "http://127.0.0.1:5005"
    bot_timeout: float = 2.0
    message_limit: int = 2000
    ratelimit_enabled: bool = True
    rate_limit: int = 30
    exit_url: str = "https://www.smhi.se/"
    site_url: str = "http://127.0.0.1:8000"
    operator: str = "Gängsnack"
    feedback: str = ""
    watch_seconds: float = 0.5
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    @property
    def bots(self) -> tuple[str, ...]:
        """The addresses of the assistant's processes, each without a slash at the end."""
        return tuple(address.rstrip("/") for address in re.split(r"[,\s]+", self.bot_url) if address)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read GUIDE_… variables. Raises SettingError for an unknown name or a value of the wrong type."""
        environment = os.environ if environment is None else environment
        kinds = {item.name: item for item in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith("GUIDE_"):
                continue
            key = name.removeprefix("GUIDE_").lower()
            if key not in kinds:
                raise SettingError(f"{name} is not a setting; there are: {', '.join(sorted(kinds))}")
            values[key] = _parse(name, str(kinds[key].type), text)
        return cls(**values)


def _parse(name: str, kind: str, text: str) -> Any:
    if kind == "bool":
        lowered = text.strip().lower()
        if lowered in ("1", "true", "yes", "on"):
            return True
        if lowered in ("0", "false", "no", "off"):
            return False
        raise SettingError(f"{name} takes true or false, not {text!r}")
    if kind in ("int", "float"):
        try:
            number = int(text) if kind == "int" else float(text)
        except ValueError as error:
            raise SettingError(f"{name} takes a number, not {text!r}") from error
        if number <= 0:
            raise SettingError(f"{name} takes a number above 0, not {text!r}")
        return number
    if kind == "Path":
        path = Path(text).expanduser().resolve()
        if not path.is_dir():
            raise SettingError(f"{name} names a folder that is not there")
        return path
    if name == "GUIDE_FEEDBACK" and text and not text.startswith(("mailto:", "https://")):
        raise SettingError(f"{name} takes an address that begins with mailto: or https://, not {text!r}")
    if name == "GUIDE_SECRET" and len(text) < 32:
        raise SettingError(f"{name} takes at least 32 characters")
    return text
