"""The name that users import, over the official bindings."""

from tensorrt_bindings import *  # noqa: F403
from tensorrt_bindings import __version__ as __version__
