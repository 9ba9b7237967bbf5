# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine that starts with disks as a power cut left them: they come one after the other, and the rule for udev
# that is installed activates what is on them.  No command is typed; but where a merge goes on somebody comes now and
# then to finish it.  Then all that a cut must leave is asked for (cuts.c), as of PLACE in KEPT.
#
# There is no other boot in this than the guest's own: KEPT/PLACE has the disks' files.

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
# shellcheck source=test/vm/guest-setup.bash
. "$here/../vm/guest-setup.bash"
# shellcheck source=test/torture/judge.bash
. "$here/judge.bash"

# What udev runs, and who looks whether that failed.
SCAN=/run/svpvscan

install_rule() {
	cat >"$SCAN" <<-END || return
		#!/bin/sh
		said=\$("$SNAPVOL_BIN_DIR/links/svpvscan" "\$@" 2>&1) || echo "svpvscan \$*: status \$?: \$said" >>$SCAN.failed
	END
	chmod +x "$SCAN" && guest_activate_by_rule "$SCAN"
}

# The second of them comes first in every other machine.
attach_disks() {
	local i order=(0 1)
	((PLACE % 2)) || order=(1 0)
	for i in "${order[@]}"; do
		DISKS[i]=$(losetup --find --show "$KEPT/$PLACE/disk$i") || return
		# kernels before 6.1.135 do not tell of it themselves
		udevadm settle && udevadm trigger --action=change "${DISKS[i]}" && udevadm settle || return
	done
}

scans_succeeded() {
	[[ ! -e $SCAN.failed ]] || cat "$SCAN.failed" >&2
	[[ ! -e $SCAN.failed ]]
}

nothing_is_left() {
	! compgen -G "/run/snapvol/*" >&2
}

lvm() {
	LVM_SYSTEM_DIR=$WORK/lvm2 timeout 20 lvm "$@"
}

# LVM2 shows the same volumes, and has nothing to say of them.
lvm2_agrees() {
	local ours theirs
	WORK=$(mktemp -d) FAULTS=0 LVM2_READ=''
	make_lvm2_config || return
	ours=$(svs -a --noheadings -o vg_name,lv_name,lv_size | sort)
	theirs=$(lvm lvs -a --noheadings -o vg_name,lv_name,lv_size | sort)
	diff -b <(echo "$ours") <(echo "$theirs") >&2 || complain "LVM2 shows other volumes"
	lvm2_is_content asked
	((FAULTS == 0))
}

DISKS=()
export PATH=$SNAPVOL_BIN_DIR/../test/torture:$SNAPVOL_BIN_DIR/links:$SNAPVOL_BIN_DIR:$PATH
guest_setup && guest_strip_lvm_settings && install_rule && attach_disks && scans_succeeded && nothing_is_left || exit
# shellcheck source=/dev/null # what keep_cuts() wrote
. "$KEPT/options"
read -ra options <<<"$JUDGE"
cuts judge "${options[@]}" "$KEPT" "$PLACE" "${DISKS[@]}" && lvm2_agrees
