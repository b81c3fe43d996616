"""Stand-ins for the packages that Rasa imports at start and this assistant never uses.

Rasa imports TensorFlow, every channel's client and every broker when it starts, used or not: 2.3 GB
installed and 400 MB in memory. The lean install leaves them out; `install()` puts stand-ins in their place.
A stand-in can be imported, subclassed and named in annotations. Called once imports are over, it raises
StandInCalled: nothing that does not exist can quietly be used.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from abc import ABCMeta
from types import FrameType, ModuleType
from typing import Any, Iterator, Optional, Sequence

NAMES = (
    "aio_pika",
    "aiogram",
    "aiormq",
    "boto3",
    "botocore",
    "cachecontrol",
    "confluent_kafka",
    "engineio",
    "fbmessenger",
    "google",
    "keras",
    "matplotlib",
    "mattermostwrapper",
    "pamqp",
    "pydot",
    "pymongo",
    "rocketchat_API",
    "sklearn_crfsuite",
    "slack_sdk",
    "socketio",
    "tensorflow",
    "tensorflow_hub",
    "tensorflow_text",
    "twilio",
    "webexteamssdk",
)


class StandInCalled(RuntimeError):
    """Something called a package that the lean install leaves out; BOT=full installs it."""


def _importing() -> bool:
    frame: Optional[FrameType] = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap_external>":
            return True
        frame = frame.f_back
    return False


class _StandInType(ABCMeta):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _make(f"{cls.__dict__.get('_path', cls.__name__)}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if _importing():
            return cls
        raise StandInCalled(
            f"{cls.__dict__.get('_path', cls.__name__)} belongs to a package that the lean install leaves out; "
            "install the assistant with BOT=full to use it"
        )

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__


def _make(path: str) -> Any:
    # An exception class where code will write `except name:`; both need a real class.
    base: tuple[type, ...] = (Exception,) if path.endswith(("Error", "Exception", "Failure")) else ()
    return _StandInType(path.rpartition(".")[2], base, {"_path": path})


class _StandInModule(ModuleType):
    __path__: Sequence[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name == "__version__":
            return "0"
        value = _make(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        if name.partition(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__version__ = "0"  # Rasa compares versions of TensorFlow as text


def install(names: Optional[Sequence[str]] = None) -> tuple[str, ...]:
    """Put stand-ins where packages are missing and return their names.

    With `names`, those packages are replaced even if they are installed.
    """
    if names is None:
        names = [name for name in NAMES if importlib.util.find_spec(name) is None]
    if names:
        sys.meta_path.insert(0, _Finder(frozenset(names)))
    return tuple(names)
