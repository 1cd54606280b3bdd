#!/bin/sh
# Before the files go: what Python compiled beside them, if a user who may write there ran it.
set -e
folder=${DPKG_ROOT:-}/usr/lib/enginebench/resources/electron/python
if [ -d "$folder" ]; then
  find "$folder" -type d -name __pycache__ -prune -exec rm -rf {} +
fi
exit 0
