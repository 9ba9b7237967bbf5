#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reports of groups that LVM2 made and has active: to the byte what LVM2 itself prints.

load lib

setup() {
	skip_without lvs
	skip_without_target snapshot
	prepare_devices 3 64M
	{
		lvm2 vgcreate -s 1m --addtag group "$VG" "${DEVICES[@]:0:2}" &&
			lvm2 pvcreate "${DEVICES[2]}" &&
			lvm2 lvcreate -Wn -L 16m -n base "$VG" &&
			lvm2 lvcreate -Zn -Wn -L 8m -an -n other "$VG" &&
			lvm2 lvcreate -Wn -i 2 -I 16k -L 8m -n striped "$VG" &&
			lvm2 lvcreate -s -L 8m -n s1 --addtag zz --addtag aa "$VG/base" &&
			lvm2 lvcreate -s -L 4m -c 8k -pr -n s2 "$VG/base" &&
			lvm2 lvcreate --type snapshot -V 100m -L 4m -n sparse "$VG" &&
			lvm2 lvcreate -s -L 4m -n s3 "$VG/striped" &&
			dd if=/dev/zero of="/dev/$VG/base" bs=4k count=300 oflag=direct
	} >"$BATS_TEST_TMPDIR/setup.log" 2>&1 || {
		cat "$BATS_TEST_TMPDIR/setup.log"
		return 1
	}
	settle_udev
	SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf
	export SNAPVOL_CONFIG
	printf 'devices { only = [ "%s", "%s", "%s" ] }\n' "${DEVICES[@]}" >"$SNAPVOL_CONFIG"
}

# same COMMAND [ARGUMENT...]: LVM2's command and ours, called by that name.  It prints something.
same() {
	lvm2 "$@" >"$BATS_TEST_TMPDIR/theirs" 2>/dev/null || true
	same_as_theirs "$@"
}

same_as_theirs() {
	if [[ ! -s $BATS_TEST_TMPDIR/theirs ]]; then
		echo "LVM2 prints nothing: $*"
		return 1
	fi
	diff "$BATS_TEST_TMPDIR/theirs" <(kept snapvol "$@" 2>/dev/null) && return
	echo "differs: $*"
	return 1
}

# same_nothing COMMAND [ARGUMENT...]: LVM2's command and ours print nothing and are content with that.
same_nothing() {
	expect_text "LVM2's $*" "$(lvm2 "$@" 2>&1 || echo "status $?")" "" || return
	expect_text "$*" "$(kept snapvol "$@" 2>&1 || echo "status $?")" ""
}

# The same for a word behind "lvm".
same_lvm() {
	LVM_SUPPRESS_FD_WARNINGS=1 timeout --kill-after=3 60 /sbin/lvm "$1" --config "$(lvm2_config)" \
		"${@:2}" >"$BATS_TEST_TMPDIR/theirs" 2>/dev/null </dev/null || true
	same_as_theirs "$@"
}

same_tables() {
	same lvs && same lvs -a && same lvs --segments && same vgs && same pvs && same pvs --segments &&
		same lvs -a --units b -o lv_all --reportformat json &&
		same lvs -a -o lv_name,seg_all --reportformat json
}

@test "tables and JSON of active volumes are those of LVM2" {
	same_tables
	same lvs -v
	same vgs -v
	same pvs -v
	same vgs --units b -o vg_all --reportformat json
	same pvs --units b -o pv_all --reportformat json
	same vgs -o+lv_name --reportformat json
	same vgs -o+pv_name
	same vgs -o vg_name,devices
	same pvs -o+lv_name,seg_start,seg_size
	same pvs -o pvseg_all,pv_name,lv_name,segtype
}

@test "options of reports do what LVM2's do" {
	local silent
	same lvs --nameprefixes --rows
	same lvs --nameprefixes --unquoted --noheadings --separator '|' -o lv_name,lv_size,data_percent
	same lvs --rows --reportformat json
	same lvs -o lv_name,lv_size --units m
	same lvs -o lv_name,lv_size --units M --nosuffix
	same lvs -o lv_name,lv_size --units 3m
	same lvs -o lv_name,lv_size --units s
	same lvs --unbuffered
	same lvs --binary -o lv_name,lv_merging,lv_suspended,lv_active_locally
	same lvs -o -lv_size
	same lvs -o+lv_size
	same lvs -o lv_name -o+lv_size
	same lvs -o size,attr,name
	same lvs -o lv_name,lv_size --separator , --aligned
	same lvs --readonly
	for silent in --readonly "--driverloaded n" --noheadings; do
		# shellcheck disable=SC2086 # words
		same lvs -a $silent --binary -o lv_name,lv_active,lv_active_locally,lv_active_remotely,lv_active_exclusively
		# shellcheck disable=SC2086
		same lvs -a $silent -o lv_name,lv_active,lv_active_locally,lv_active_remotely,lv_active_exclusively
	done
	same lvs --noheading -o name
	same lvs --report-format json -o lv_name
	same lvs -a -o lv_name,lv_attr,lv_active,data_percent,lv_kernel_minor --driverloaded n
}

@test "full reports are those of LVM2" {
	# shellcheck disable=SC2054 # lists of fields
	local few=(--configreport vg -o vg_name --configreport pv -o pv_name,vg_name -O -pv_name
		--configreport lv -o 'lv_name,lv_size' -S 'lv_size>4m' --configreport pvseg -o pvseg_start,pv_name
		--configreport seg -o segtype,lv_name)
	same_lvm fullreport --units b --reportformat json
	same_lvm fullreport "$VG"
	same_lvm fullreport "${few[@]}"
	same_lvm fullreport "${few[@]}" --reportformat json -a
	same_lvm fullreport "${few[@]}" --noheadings --separator ,
	same_lvm fullreport "${few[@]}" --nameprefixes --rows
	same_lvm fullreport "${few[@]}" --configreport lv -o+vg_name @group
	same lvs --configreport lv -o lv_name
	same lvs --configreport vg -o vg_name
	same pvs --segments --configreport pvseg -o+lv_name --configreport log -o log_seq_num
}

@test "selection and sorting do what LVM2's do" {
	same lvs -S 'lv_attr =~ ^s' -o lv_name,lv_path
	same lvs -S 'origin != ""' --reportformat json
	same lvs -S 'lv_size > 8m'
	same_nothing lvs -S lv_merging=1 -o lv_name -a
	same lvs -S lv_permissions=writeable -o lv_name
	same lvs -S 'vg_extent_size=1m && pv_count=2' -o lv_name
	same lvs -S 'data_percent > 10' -o lv_name
	same lvs -O -lv_size,lv_name -o lv_name,lv_size
	same lvs @zz
	same lvs @group -o lv_name
	same_nothing vgs @zz
	same lvs "/dev/$VG/base" "/dev/mapper/$VG-s1"
	same lvs "$VG/nosuch" "$VG/base"
	same lvs "$VG/s1" "$VG"
}

@test "paragraphs are those of LVM2" {
	same lvdisplay
	same lvdisplay -m "$VG/striped"
	same lvdisplay -c
	same lvdisplay -C
	same vgdisplay
	same vgdisplay -s
	same vgdisplay -c
	same pvdisplay
	same pvdisplay -m
	same pvdisplay -s
	same pvdisplay -c
	same lvscan -a
}

is_invalid() {
	[[ $(dmsetup status "$1") == *Invalid* ]]
}

@test "an invalid snapshot looks as in LVM2" {
	dd if=/dev/zero of="/dev/$VG/base" bs=64k oflag=direct 2>/dev/null || true
	wait_until 10 is_invalid "$VG-s1"
	settle_udev
	same_tables
	same lvdisplay
	same lvscan
}

@test "a postponed merge looks as in LVM2" {
	exec 8<"/dev/$VG/striped"
	lvm2 lvconvert --merge "$VG/s3" 8<&- 2>/dev/null
	same_tables
	same lvdisplay
	exec 8<&-
	expect_text state "$(snapvol svs -a --noheadings -o snap_state "$VG/s3" | xargs)" merge-pending
}

@test "inactive volumes look as in LVM2" {
	lvm2 vgchange -an "$VG" 2>/dev/null
	same_tables
	same lvdisplay
	same lvscan
}

@test "a group with a missing device looks as in LVM2" {
	lvm2 vgchange -an "$VG" 2>/dev/null
	losetup --detach "${DEVICES[1]}"
	DEVICES=("${DEVICES[0]}" "${DEVICES[2]}")
	settle_udev
	same_tables
	same pvdisplay
	same vgdisplay
}
