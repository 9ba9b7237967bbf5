# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Groups of many volumes, made by one commit: their metadata is written as text and LVM2 puts it on
# the device.  Making each volume by a command would take minutes.  And an udevd that is not slow
# with them.

MANY_EXTENT_SECTORS=64

# many_id HEAD NUMBER: an identity.
many_id() {
	printf '%06d-many-0000-0000-0000-0000-%06d' "$1" "$2"
}

# many_text VG DEVICE COUNT: the group's metadata, COUNT volumes v0, v1, ... of one extent each.
many_text() {
	local vg=$1 device=$2 count=$3 i head=$((10#${2//[^0-9]/}))
	cat <<END
contents = "Text Format Volume Group"
version = 1
description = ""
creation_host = "test"
creation_time = 1700000000

$vg {
id = "$(many_id "$head" 0)"
seqno = 1
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = $MANY_EXTENT_SECTORS
max_lv = 0
max_pv = 0
metadata_copies = 0
physical_volumes {
pv0 {
id = "$(many_id "$head" 1)"
device = "$device"
status = ["ALLOCATABLE"]
flags = []
dev_size = $((8192 + count * MANY_EXTENT_SECTORS))
pe_start = 8192
pe_count = $count
}
}
logical_volumes {
END
	for ((i = 0; i < count; i++)); do
		printf 'v%d {\nid = "%06d-volu-0000-0000-0000-0000-%06d"\n' "$i" "$head" "$i"
		printf 'status = ["READ", "WRITE", "VISIBLE"]\nflags = []\nsegment_count = 1\n'
		printf 'segment1 {\nstart_extent = 0\nextent_count = 1\ntype = "striped"\n'
		printf 'stripe_count = 1\nstripes = [ "pv0", %d ]\n}\n}\n' "$i"
	done
	printf '}\n}\n'
}

# The size a device needs, for truncate and the like.
many_size() {
	echo $(((8192 + $1 * MANY_EXTENT_SECTORS) * 512))
}

# many_make VG DEVICE COUNT TEXT-FILE COMMAND...: COMMAND runs the LVM2 command it is given.
many_make() {
	local vg=$1 device=$2 count=$3 file=$4
	shift 4
	many_text "$vg" "$device" "$count" >"$file" &&
		"$@" pvcreate -qq --uuid "$(many_id "$((10#${device//[^0-9]/}))" 1)" \
			--restorefile "$file" "$device" &&
		"$@" vgcfgrestore -qq --file "$file" "$vg"
}

UDEV_MASKS=()

# Looking at a hundred devices takes udev most of a minute: leave it only device-mapper's own rules,
# which name devices and count cookies down.  In a guest only.
udev_few_rules() {
	local rule
	mkdir -p /run/udev/rules.d
	for rule in /lib/udev/rules.d/*.rules; do
		case $rule in
		*/10-dm.rules | */11-dm-lvm.rules | */55-dm.rules | */56-lvm.rules | */95-dm-notify.rules) continue ;;
		esac
		[[ ! -e /run/udev/rules.d/${rule##*/} ]] || continue
		ln -s /dev/null "/run/udev/rules.d/${rule##*/}"
		UDEV_MASKS+=("/run/udev/rules.d/${rule##*/}")
	done
	udevadm control --reload
}

udev_all_rules() {
	((${#UDEV_MASKS[@]})) || return 0
	rm -f "${UDEV_MASKS[@]}"
	UDEV_MASKS=()
	udevadm control --reload
}
