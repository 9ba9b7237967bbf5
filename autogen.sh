#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Make configure and what else a checkout lacks of a release.

cd "$(dirname "$0")" && exec autoreconf --force --install
