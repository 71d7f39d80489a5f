#!/bin/sh
# Make ./configure from a fresh checkout.  Needs autoconf, automake and pkg-config.
set -e
cd "$(dirname "$0")"
mkdir -p build-aux m4
exec autoreconf --install --force
