#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What commands make of surroundings that are against them.

load lib
load data
load refused

setup() {
	prepare_devices 1 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
}

teardown() {
	[[ -z ${HIDDEN-} ]] || umount "$HIDDEN"
	cleanup_devices
}

@test "output that cannot be written is an error" {
	local status=0
	svs >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	expect_text status "$status" 5
	expect_text lines "$(wc -l <"$BATS_TEST_TMPDIR/err")" 1
}

@test "closed standard descriptors do no harm" {
	svcreate -L 4M -n one "$VG" <&-
	svcreate -L 4M -n two "$VG" >&-
	svcreate -L 4M -n three "$VG" 2>&-
	svcreate -L 4M -n four "$VG" <&- >&- 2>&-
	expect_text volumes "$(svs --noheadings -o lv_name "$VG" | tr -d ' ' | sort | paste -sd ' ')" "base four one three two"
}

# each_refused STATUS TEXT [COMMAND...]: what every changing command says, given a group with a volume "base"
# that has a snapshot "snap".  More commands may follow.
each_refused() {
	local status=$1 text=$2 command
	shift 2
	for command in "svcreate -an -L 4M -n v $VG" "svcreate -s -L 4M -n t $VG/base" "svrename $VG base other" \
		"svextend -L +4M $VG/base" "svresize -L +4M $VG/snap" "svreduce -y -L -4M $VG/snap" \
		"svchange --addtag t $VG/base" "svremove -f $VG/snap" "svconvert --merge $VG/snap" \
		"svconvert -y --splitsnapshot $VG/snap" "svmerge $VG/snap" "svgrename $VG ${VG}other" \
		"svgremove -y $VG" "svgchange --addtag t $VG" "$@"; do
		# shellcheck disable=SC2086 # words
		refused "$status" "$text" ${AS_USER-} snapvol $command || return
	done
}

@test "an ordinary user is refused in one line" {
	needs_guest
	skip_without setpriv
	local command device=${DEVICES[0]}
	PATH=$SNAPVOL_BIN_DIR:$PATH
	AS_USER="setpriv --reuid=65534 --regid=65534 --clear-groups"
	each_refused 5 "only root can do this" svrecover svgck "svgextend $VG $device" "svgreduce $VG $device" \
		"svgcreate x $device" "svpvcreate $device" "svpvremove $device" "svpvchange -x n $device" \
		"svpvresize $device" "svgcfgrestore $VG"
	for command in svs svgs svpvs svdisplay svgdisplay svpvdisplay svscan svcheck svgcfgbackup; do
		# shellcheck disable=SC2086 # words
		refused 5 "only root can look at devices" $AS_USER snapvol $command
	done
}

@test "a missing device is told in one line by what it keeps from being done" {
	expect_complaints
	svcreate -q -an -s -L 4M -n snap "$VG/base"
	prepare_devices 1 64M
	svgextend -q "$VG" "${DEVICES[1]}"
	losetup --detach "${DEVICES[1]}"
	unset "DEVICES[1]"
	settle_udev
	each_refused 5 "is missing"
	refused 5 "$VG/nosuch: no such volume" svchange -ay "$VG/nosuch"
}

@test "damage is told in one line by what it keeps from being done" {
	expect_complaints
	svchange -an "$VG"
	svcreate -q -an -s -L 4M -n snap "$VG/base"
	# the text
	printf 'damaged!' | dd of="${DEVICES[0]}" bs=512 seek=9 count=100 conv=notrunc oflag=direct,sync status=none
	dd if=/dev/zero of="${DEVICES[0]}" bs=4096 seek=2 count=200 conv=notrunc oflag=direct status=none
	each_refused 5 ""
	# the header
	dd if=/dev/zero of="${DEVICES[0]}" bs=4096 seek=1 count=1 conv=notrunc oflag=direct status=none
	each_refused 5 "no such group"
	# the label
	printf 'damaged!' | dd of="${DEVICES[0]}" bs=1 seek=$((512 + 40)) conv=notrunc,fsync status=none
	each_refused 5 "no such group (${DEVICES[0]}: " "svgextend $VG ${DEVICES[0]}"
	refused 5 "${DEVICES[0]}: is no PV" svpvresize "${DEVICES[0]}"
	refused 5 "${DEVICES[0]}: is no PV" svpvchange -x n "${DEVICES[0]}"
}

@test "a read-only device refuses changes and keeps its group readable" {
	local device=${DEVICES[0]} command
	svcreate -q -an -s -L 8M -n snap "$VG/base"
	blockdev --setro "$device"
	each_refused 5 "$device: is read-only" "svpvchange -x n $device" "svpvresize --setphysicalvolumesize 60M $device"
	blockdev --setrw "$device"
	prepare_devices 1 64M --read-only
	for command in "svgcreate ${VG}other" "svgextend $VG" svpvcreate; do
		# shellcheck disable=SC2086 # words
		refused 5 "${DEVICES[1]}: is read-only" $command "${DEVICES[1]}"
	done
	expect_text volumes "$(svs --noheadings -o lv_name "$VG" | tr -d ' ' | paste -sd ' ')" "base snap"
}

@test "a store whose header is damaged does not keep the group from being used" {
	local start
	svcreate -q -s -L 4M -n snap "$VG/base"
	start=$(dm_table "$VG-snap-cow" | cut -d ' ' -f 5)
	svchange -an "$VG"
	printf 'damaged!' | dd of="${DEVICES[0]}" bs=512 seek="$start" conv=sync,notrunc oflag=direct status=none
	settle_udev
	not svchange -ay "$VG"
	expect_text "left in the kernel" "$(dmsetup ls | grep -c "^$VG-" || true)" 0
	svremove -f "$VG/snap"
	svchange -ay "$VG/base"
	dm_exists "$VG-base"
}

@test "an unknown command is told so with status 2" {
	local status=0
	snapvol nosuch 2>/dev/null || status=$?
	expect_text status "$status" 2
}

@test "help and version are data of every command" {
	local command
	for command in "$SNAPVOL_BIN_DIR"/links/*; do
		"$command" --help </dev/null | grep -q "${command##*/}"
		"$command" --version </dev/null | grep -q snapvol
	done
}

# The catalogues lie where they are installed, which is hidden for as long as the test takes.
@test "people are spoken to in their language, programs are not" {
	needs_guest
	skip_without msgfmt
	local locale plain
	locale=$(grep -a -o -m 1 '/[a-z/]*/share/locale' "$(command -v snapvol)")
	HIDDEN=${locale%/locale}
	mount -t tmpfs tmpfs "$HIDDEN"
	mkdir -p "$locale/de/LC_MESSAGES"
	msgfmt -o "$locale/de/LC_MESSAGES/snapvol.mo" "$BATS_TEST_DIRNAME/../../po/de.po"
	plain=$(svs -a --reportformat json -o lv_all,vg_all "$VG"; svs nosuch 2>&1; svdisplay "$VG") || true
	ln -s "$(command -v snapvol)" "$BATS_TEST_TMPDIR/lvs"

	export LC_ALL=C.UTF-8 LANGUAGE=de
	[[ $(svs --help) == *"Optionen aller Befehle:"* ]]
	[[ $(svs nosuch 2>&1 || true) == "nosuch: "*Gruppe* ]]
	expect_text "what programs read" "$(svs -a --reportformat json -o lv_all,vg_all "$VG"
		LANGUAGE='' svs nosuch 2>&1
		svdisplay "$VG")" "$plain"
	[[ $("$BATS_TEST_TMPDIR/lvs" nosuch 2>&1 || true) == *'Volume group "nosuch" not found'* ]]
}
