# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The demonstration inside a guest.

here=${BASH_SOURCE[0]%/*}
# shellcheck source=test/vm/guest-setup.bash
. "$here/guest-setup.bash"

guest_setup || exit
PATH=$SNAPVOL_BIN_DIR/links:$SNAPVOL_BIN_DIR:$PATH
bash "$here/demo.bash"
