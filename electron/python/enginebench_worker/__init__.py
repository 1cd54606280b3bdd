"""The Python worker of Enginebench: one process that prepares inputs, exports models, or measures one case.

Importing this package loads no third-party library, so that a worker can say hello and describe its backends with
whatever is installed, or nothing."""

__version__ = "0.1.0"
