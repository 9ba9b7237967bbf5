#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In a Debian that has snapvol and no LVM2: what is installed is whole, and the README's tour works.

set -eu
# shellcheck source=test/vm/guest-setup.bash
. "$1/test/vm/guest-setup.bash"
share=${SNAPVOL_COMMANDS%/sbin}/share

die() {
	echo "installed: $*" >&2
	exit 1
}

[[ $(command -v svcreate) == "$SNAPVOL_COMMANDS/svcreate" ]] || die "svcreate is not in $SNAPVOL_COMMANDS"
! command -v lvm || die "LVM2 is here, too"
for command in "$SNAPVOL_COMMANDS"/s[nv]*; do
	name=${command##*/}
	compgen -G "$share/man/man8/$name.8*" >/dev/null || die "$name has no manual page"
	[[ -e $share/bash-completion/completions/$name ]] || die "$name has no completion"
	"$command" --help >/dev/null || die "$name does not start"
done
"${SNAPVOL_COMMANDS%/sbin}/libexec/snapvol/compat/lvs" --version >/dev/null || die "lvs does not start"

for file in udev/rules.d/69-snapvol.rules systemd/system/snapvol-recover.{service,timer}; do
	[[ -e ${SNAPVOL_COMMANDS%/sbin}/lib/$file ]] || die "$file is not installed"
done

guest_start_udev || die "udevd does not run"
truncate -s 256M /tmp/disk
disk=$(losetup --find --show /tmp/disk)
bash "$1/test/vm/tour.bash" README "$1/README" "$disk"
