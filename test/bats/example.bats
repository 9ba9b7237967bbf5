#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The four-device layout, to the letter: what device-mapper has after a snapshot was made of an
# active, open volume, and while it merges back.

load lib

VG=volumeGroup

setup() {
	skip_without_target delay
	prepare_devices 1 1300M
	make_disk create 0
	svgcreate --dataalignment 192k --metadatasize 100k volumeGroup /dev/mapper/exampledisk
	svcreate -L 1G -n base volumeGroup
}

# A disk that answers after so many milliseconds.  It is not the whole of the device below, or that
# would be the same PV.
make_disk() {
	dmsetup "$1" exampledisk --table "0 2621440 delay ${DEVICES[0]} 8192 $2"
}

load_disk() {
	make_disk load "$1"
	dmsetup suspend exampledisk
	dmsetup resume exampledisk
}

number_of() {
	dmsetup info --columns --noheadings --options major,minor --separator : "$1"
}

# dmsetup's tables with the numbers of our devices replaced by those of the example.
tables_like_the_example() {
	local pv real cow
	pv=$(number_of exampledisk)
	real=$(number_of volumeGroup-base-real)
	cow=$(number_of "volumeGroup-$1-cow")
	dmsetup table | grep ^volumeGroup- |
		sed -E "s/ $pv / 8:19 /; s/ $real( |$)/ 254:11\\1/; s/ $cow( |$)/ 254:12\\1/; s/ +$//" | sort
}

@test "a snapshot of an active volume gives the four devices and leaves the volume's number alone" {
	local before
	before=$(number_of volumeGroup-base)
	exec 9<>/dev/mapper/volumeGroup-base
	svcreate -L 100M --snapshot -c 8k -n snap volumeGroup/base

	expect_text "number of base" "$(number_of volumeGroup-base)" "$before"
	printf 'written across it' >&9
	exec 9>&-
	expect_text tables "$(tables_like_the_example snap)" "$(sort <<'END'
volumeGroup-base-real: 0 2097152 linear 8:19 384
volumeGroup-snap-cow: 0 204800 linear 8:19 2097536
volumeGroup-snap: 0 2097152 snapshot 254:11 254:12 P 16
volumeGroup-base: 0 2097152 snapshot-origin 254:11
END
)"
}

@test "while the snapshot merges there are three devices" {
	svcreate -L 100M --snapshot -c 8k -n snap volumeGroup/base
	# chunks apart from each other are merged one by one, and that slowly enough for us to look
	local i
	for ((i = 0; i < 50; i++)); do
		dd if=/dev/urandom of=/dev/mapper/volumeGroup-base bs=8k count=1 seek=$((2 * i)) oflag=direct status=none
	done
	settle_udev
	load_disk 250
	command svconvert --merge --background volumeGroup/snap # it would be over before LVM2 has been asked
	expect_text tables "$(tables_like_the_example base)" "$(sort <<'END'
volumeGroup-base-real: 0 2097152 linear 8:19 384
volumeGroup-base-cow: 0 204800 linear 8:19 2097536
volumeGroup-base: 0 2097152 snapshot-merge 254:11 254:12 P 16
END
)"
	load_disk 0
	wait_until 30 merge_is_over
}

merge_is_over() {
	[[ $(dmsetup table volumeGroup-base) == *linear* ]]
}
