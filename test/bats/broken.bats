#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Broken disks (test/crash/damage.h) meet those who activate what is on them: svchange, and what udev's rule runs as
# disks come.  That each command survives them that maps nothing is test/crash/broken.c's.
#
# BROKEN_ALL=1 tries all of them, which takes hours, so that BATS_TEST_TIMEOUT must be more, too; by default some of
# each kind, always the same.
#
# limit: 600 seconds

load lib

setup() {
	needs_guest
	MAKER=$SNAPVOL_BIN_DIR/../test/crash/breakdisk
	SAID=$BATS_TEST_TMPDIR/said SOUND=$BATS_TEST_TMPDIR/sound OTHER=$BATS_TEST_TMPDIR/other
	prepare_devices 1 3M
	prepare_devices 1 2M
	expect_complaints
	svgcreate -q -s 64k --metadatasize 60k --dataalignment 128k vg "${DEVICES[0]}"
	svcreate -q -an -Zn -l 17 -n base vg
	svcreate -q -an -s -l 18 -n snap vg/base
	svgcreate -q -s 64k --metadatasize 60k --dataalignment 128k well "${DEVICES[1]}"
	svcreate -q -l 8 -n volume well
	DISK=$(<"/sys/class/block/${DEVICES[0]##*/}/dev")
	EXTENTS=$(svpvs --noheadings --nosuffix --units s -o pe_start,pv_pe_count "${DEVICES[0]}" | xargs)
	WELL=$(dmsetup table well-volume)
	settle_udev
	cp "$BATS_TEST_TMPDIR/disk0" "$SOUND"
	cp "$BATS_TEST_TMPDIR/disk1" "$OTHER"
}

# make_disk KIND N: sets WHAT, what is broken; the status is 1 if that number stands for nothing, 3 if none is left.
make_disk() {
	local status=0
	WHAT=$("$MAKER" "$1" "$2" "$SOUND" "$OTHER" "$BATS_TEST_TMPDIR/disk0" "${DEVICES[0]}") || status=$?
	return "$status"
}

# Sets DM to all of device-mapper's but what was there before; none may be suspended.
look_around() {
	local i name suspended
	dm_of_test
	for i in "${!DM[@]}"; do
		read -r name <"${DM[i]}/dm/name"
		read -r suspended <"${DM[i]}/dm/suspended"
		((suspended == 0)) || fault "left suspended: $name"
		[[ $name != well-volume ]] || unset "DM[$i]"
	done
}

fault() {
	FAULTS+=("$WHAT, $DOING: $1")
}

# strays FIRST: what is mapped of the disk are extents of its, from that sector on, each for one device; of the other disk,
# and what was there before, nothing.
strays() {
	awk -v disk="$DISK" -v first="$1" -v extents="$EXTENTS" -v well="$WELL" '
		function take(name, device, from, count,    i) {
			if (device !~ /^7:/)
				return
			if (device != disk || from < first || from + count > end)
				print name " has " count " of " device " from " from
			for (i = 0; i < pieces; i++)
				if (from < at[i] + len[i] && at[i] < from + count)
					print name " has what " of[i] " has: " count " from " from
			of[pieces] = name
			at[pieces] = from
			len[pieces++] = count
		}
		BEGIN {
			split(extents, words, " ")
			end = words[1] + words[2] * 128
		}
		$1 == "well-volume:" {
			sub(/^[^ ]* /, "")
			if ($0 != well)
				print "well-volume has become " $0
			next
		}
		$4 == "linear" { take($1, $5, $6, $3) }
		$4 == "striped" {
			for (i = 7; i < NF; i += 2)
				take($1, $i, $(i + 1), $3 / $5)
		}' < <(dmsetup table)
}

# By fair means, if the group on the disk is still one.
take_away() {
	local status=0 name type upper=() lower=()
	timeout 60 svchange -q -an vg >"$SAID" 2>&1 </dev/null || status=$?
	[[ $status == [05] ]] || fault "svchange -an: status $status: $(<"$SAID")"
	dm_of_test
	((${#DM[@]} > 1)) || return 0
	while read -r name _ _ type _; do
		case $name:$type in
		well-volume:*) ;;
		*:snapshot*) upper+=("${name%:}") ;;
		*) lower+=("${name%:}") ;;
		esac
	done < <(dmsetup table)
	timeout 60 dmsetup remove --retry "${upper[@]}" "${lower[@]}" || fault "what it mapped cannot be removed"
}

# meets COMMAND...: it meets the disk that was made, and what it maps is harmless.
meets() {
	local DOING=$* status=0 found
	echo "$WHAT: $DOING"
	timeout 60 "$@" >"$SAID" 2>&1 </dev/null || status=$?
	[[ $status == [05] ]] || fault "status $status: $(<"$SAID")"
	((status != 5)) || [[ -s $SAID ]] || fault "failed, and says nothing"
	COUNT[status]=$((COUNT[status] + 1))
	look_around
	MAPPED=${#DM[@]}
	found=$(strays "${EXTENTS// */}")
	# such a group can be activated, as by LVM2, but not changed
	[[ -z $found || $(svgck vg 2>&1) != *"extents of vg lie over its label or a metadata area"* ]] || found=$(strays 0)
	[[ -z $found ]] || fault "$found"
	((MAPPED == 0)) || MAPPERS=$((MAPPERS + 1))
	((MAPPED == 0)) || take_away
}

# Both meet a disk of that kind and number, as if the machine started with it, and as it is made anew.
both_meet() {
	make_disk "$@" || return
	rm -rf /run/lvm/{pvs_online,pvs_lookup,vgs_online}
	meets svpvscan --cache -aay "${DEVICES[0]}"
	make_disk "$@" && meets svchange -ay vg
}

# survive KIND STEP [N...]: each STEPth of the kind, and these.
survive() {
	local n step=$2 status MAPPERS=0
	local -a FAULTS=() COUNT=()
	[[ -z ${BROKEN_ALL-} ]] || step=1
	for n in "${@:3}"; do
		both_meet "$1" "$n" || return
	done
	for ((n = 0; ; n += step)); do
		status=0
		both_meet "$1" "$n" || status=$?
		((status != 3)) || break
		((status < 2)) || return
	done
	cmp "$BATS_TEST_TMPDIR/disk1" "$OTHER" || FAULTS+=("the sound group has changed")
	echo "done: ${COUNT[0]-0}, failed: ${COUNT[5]-0}, with something mapped: $MAPPERS"
	printf '%s\n' "${FAULTS[@]}"
	((${#FAULTS[@]} == 0 && MAPPERS > 0 && ${COUNT[5]-0} > 0))
}

@test "who activates what is on a sound disk maps it" {
	local -a FAULTS=() COUNT=()
	local MAPPERS=0
	both_meet sound 0
	expect_text "done, with something mapped" "${COUNT[0]} $MAPPERS" "2 2"
	expect_text faults "${FAULTS[*]}" ""
}

@test "broken labels are survived by who activates, and harm nobody" {
	survive label 23
}

@test "so are broken headers of metadata areas" {
	survive header 23
}

@test "so are broken texts" {
	# pe_start = 0
	survive text 97 $((20 * 36 + 4))
}

@test "so are broken COW stores" {
	survive store 17
}
