# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a guest of test/run does: set itself up, then work through the queue.

here=${BASH_SOURCE[0]%/*}
# shellcheck source=test/vm/guest-setup.bash
. "$here/guest-setup.bash"
# shellcheck source=test/vm/queue.bash
. "$here/queue.bash"

guest_setup || exit
guest_strip_lvm_settings
: >"$QUEUE/booted.$WORKER"
cd "$SOURCE" || exit
queue_work
