# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A machine that starts with disks as a power cut left them: with udevd, and the commands that a start of
# the machine gives.  Then all that a cut must leave is asked for (cuts.c), as of PLACE in KEPT.
#
# There is no other boot in this than the guest's own: KEPT/PLACE has the disks' files.

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
# shellcheck source=test/vm/guest-setup.bash
. "$here/../vm/guest-setup.bash"
# shellcheck source=test/torture/judge.bash
. "$here/judge.bash"

start() {
	local group groups disk
	export PATH=$SNAPVOL_BIN_DIR/../test/torture:$SNAPVOL_BIN_DIR/links:$SNAPVOL_BIN_DIR:$PATH
	DISKS=()
	for disk in "$KEPT/$PLACE"/disk?; do
		DISKS+=("$(losetup --find --show "$disk")") || return
	done
	udevadm settle
	groups=$(svgs --noheadings -o vg_name) || return
	for group in $groups; do
		svchange -aay "$group" || return
	done
	svrecover && udevadm settle
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

guest_setup || exit
guest_strip_lvm_settings
# shellcheck source=/dev/null # what keep_cuts() wrote
. "$KEPT/options"
start && lvm2_agrees || exit
read -ra options <<<"$JUDGE"
cuts judge "${options[@]}" "$KEPT" "$PLACE" "${DISKS[@]}"
