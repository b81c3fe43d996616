"""The version of Gängsnack."""

VERSION = "0.1.0"
