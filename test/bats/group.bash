# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What LVM2 sees of groups and their devices ("load group" after "load lib").

# vg_field VG FIELD VALUE
vg_field() {
	local value
	value=$(lvm2 vgs --noheadings --nosuffix --units s -o "$2" "$1") || return
	expect_text "$2 of $1" "${value//[[:space:]]/}" "$3"
}

# pv_field DEVICE FIELD VALUE
pv_field() {
	local value
	value=$(lvm2 pvs --noheadings --nosuffix --units s -o "$2" "$1") || return
	expect_text "$2 of $1" "${value//[[:space:]]/}" "$3"
}

# is_orphan DEVICE...: of no group, whole, and LVM2 has nothing to say about it.
is_orphan() {
	local device
	for device; do
		pv_field "$device" vg_name "" || return
		lvm2_is_content pvck --dump headers "$device" >/dev/null || return
	done
}

# no_pv DEVICE...
no_pv() {
	local device
	for device; do
		not lvm2 pvs "$device" 2>/dev/null || return
	done
}

# pv_id DEVICE
pv_id() {
	lvm2 pvs --noheadings -o pv_uuid "$1" | tr -d ' '
}
