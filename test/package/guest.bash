# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Inside a guest of test/package/run: make DEBIAN the root directory, writable for as long as the guest
# lives, and take the tour of SOURCE's README there with what is installed in COMMANDS.

. "$SOURCE/test/vm/guest-setup.bash"

set -e
guest_load_modules
mkdir -p /run/debian /run/changes
mount -t tmpfs changes /run/changes
mkdir /run/changes/upper /run/changes/work
mount -t overlay debian /run/debian -o "lowerdir=$DEBIAN,upperdir=/run/changes/upper,workdir=/run/changes/work"
for directory in dev proc sys; do
	mount --rbind "/$directory" "/run/debian/$directory"
done
mount -t tmpfs run /run/debian/run
mount -t tmpfs tmp /run/debian/tmp
mkdir -p "/run/debian/$SOURCE"
mount --rbind "$SOURCE" "/run/debian/$SOURCE"
exec chroot /run/debian /usr/bin/env -i HOME=/root LC_ALL=C SNAPVOL_COMMANDS="$COMMANDS" \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	bash "$SOURCE/test/package/installed.bash" "$SOURCE"
