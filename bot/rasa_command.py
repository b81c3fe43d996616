"""Runs Rasa's own command line as the assistant needs it: quiet, without telemetry, without visitors' words in logs.

    python -m bot.rasa_command run …      like `rasa run …`
    python -m bot.rasa_command train …    like `rasa train …`
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from typing import Any, Dict, MutableMapping

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("LOG_LEVEL_LIBRARIES", "ERROR")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("SANIC_WORKERS", "1")
os.environ.setdefault("BOT_PORT", "5005")
warnings.filterwarnings("ignore")

from bot import lean  # noqa: E402

lean.install()

# What may stand in a log line. Rasa's own keys for a visitor's words (text, parse_data_text, user_message …)
# are not among them, and what is not on this list is not written.
ALLOWED = frozenset({"event", "event_info", "level", "action_name", "policy_name", "command", "name", "status", "component"})


def only_allowed(logger: Any, method: str, fields: MutableMapping[str, Any]) -> Dict[str, Any]:
    """Keep the allowed fields of a structured log line; of an exception only its type."""
    kept = {key: value for key, value in fields.items() if key in ALLOWED}
    if fields.get("exc_info"):
        error = sys.exc_info()[0]
        kept["error"] = error.__name__ if error else "unknown"
    return kept


class NoWords(logging.Filter):
    """Takes arguments and tracebacks out of ordinary log records: either can hold what a visitor wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR and os.environ.get("BOT_LOG") != "info":
            return False
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.exc_info = None
        record.exc_text = None
        if not record.name.startswith("bot"):
            record.msg = f"{record.name}:{record.lineno} {kind}".strip()
            record.args = None
        return True


def _quiet() -> None:
    import rasa.utils.log_utils
    import structlog

    configure = rasa.utils.log_utils.configure_structlog

    def configured(log_level: Any = None) -> None:
        configure(log_level)
        structlog.configure(processors=[only_allowed, *structlog.get_config()["processors"]])

    rasa.utils.log_utils.configure_structlog = configured
    make = logging.getLogRecordFactory()
    words = NoWords()

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        made = make(*args, **kwargs)
        made.hidden = not words.filter(made)  # type: ignore[attr-defined]
        return made

    logging.setLogRecordFactory(record)
    handle = logging.Logger.handle

    def handled(self: logging.Logger, made: logging.LogRecord) -> None:
        if not getattr(made, "hidden", False):
            handle(self, made)

    logging.Logger.handle = handled  # type: ignore[method-assign]


def main() -> None:
    """Run Rasa's command line with our arguments."""
    # Sanic and Rasa switch warnings on again; those of their dependencies are nothing a reader of the log can act on.
    warnings.showwarning = lambda *args, **kwargs: None
    if sys.argv[1:2] == ["run"]:
        _quiet()
        from bot import faster

        faster.install()
    import rasa.__main__

    rasa.__main__.main()


if __name__ == "__main__":
    main()
