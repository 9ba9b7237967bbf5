#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# snapvol and stock LVM2 take turns on one group, at random but from a seed.  After every act the
# contents of every volume, the metadata and the kernel's devices must be what the acts say.
#
#	ALTERNATE_ACTS=N	acts for each seed (100), those not counted that find nothing to act on
#	ALTERNATE_SEED=N	only this one
#
# limit: 1500 seconds

load lib

setup() {
	prepare_devices 2 48M
	svgcreate -q -s 1M "$VG" "${DEVICES[@]}"
	DISKS=$(lsblk --noheadings --nodeps --output MAJ:MIN "${DEVICES[@]}" | xargs)
	declare -gA SUM=() SIZE=() ORIGIN=()
	COUNTER=0
}

# Either tool by LVM2's words: tool COMMAND ARGUMENT...
tool() {
	local name=$1
	shift
	if ((RANDOM % 2)); then
		TOOL=lvm2
		lvm2 "$name" "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/said"
	else
		TOOL=snapvol
		command "sv${name#lv}" -q "$@" >/dev/null 2>"$BATS_TEST_TMPDIR/said" </dev/null
	fi
}

names() { # plain volumes and origins
	local name
	for name in "${!SUM[@]}"; do
		[[ ${ORIGIN[$name]-} ]] || echo "$name"
	done | sort
}

snapshots_of() {
	local name
	for name in "${!ORIGIN[@]}"; do
		[[ ${ORIGIN[$name]} != "$1" ]] || echo "$name"
	done | sort
}

# One of the lines of standard input, or nothing.  PICK says which: a subshell has a RANDOM of its own,
# which comes from no seed.
one_of() {
	local lines
	mapfile -t lines
	((${#lines[@]} == 0)) || echo "${lines[PICK % ${#lines[@]}]}"
}

# sums_now NAME...: lines of a sum and a device.  One process reads them all; a device that nobody has open
# has nothing in the page cache.
sums_now() {
	local prefix=/dev/mapper/$VG-
	md5sum "${@/#/$prefix}"
}

look() { # NAME: what is there is what must be there
	read -r "SUM[$1]" _ < <(sums_now "$1")
}

look_size() { # NAME
	SIZE[$1]=$(($(blockdev --getsz "/dev/mapper/$VG-$1") / 2048))
}

write_some() { # NAME: a few blocks anywhere
	local i block
	for ((i = 0; i < 3; i++)); do
		COUNTER=$((COUNTER + 1)) block=$((RANDOM % (SIZE[$1] * 256)))
		printf '%s %s' "$1" "$COUNTER" |
			dd of="/dev/mapper/$VG-$1" bs=4096 seek="$block" conv=sync,notrunc oflag=direct status=none || return
	done
	look "$1"
}

#
# Acts: each leaves SUM, LEN and ORIGIN as the disks must be now, or sets IDLE if it did nothing.
#

idle() {
	IDLE=yes
}

act_create() {
	local name=v$COUNTER
	((${#SUM[@]} < 7)) || { idle && return; }
	COUNTER=$((COUNTER + 1))
	tool lvcreate -y -L $((2 + RANDOM % 4))M -n "$name" "$VG" || return
	look_size "$name"
	write_some "$name"
}

act_snapshot() {
	local origin name=s$COUNTER
	origin=$(names | one_of)
	[[ $origin ]] || { idle && return; }
	((${#SUM[@]} < 9)) || { idle && return; }
	(($(snapshots_of "$origin" | wc -l) < 3)) || { idle && return; }
	COUNTER=$((COUNTER + 1))
	tool lvcreate -s -L 3M -n "$name" "$VG/$origin" || return
	ORIGIN[$name]=$origin SIZE[$name]=${SIZE[$origin]} SUM[$name]=${SUM[$origin]}
}

act_write() {
	local name
	name=$(printf '%s\n' "${!SUM[@]}" | sort | one_of)
	[[ $name ]] || { idle && return; }
	write_some "$name"
}

act_extend() {
	local name
	name=$(names | one_of)
	[[ $name && ! $(snapshots_of "$name") ]] || { idle && return; }
	tool lvextend -L +1M "$VG/$name" || return
	expect_text "contents of $name" \
		"$(head -c "${SIZE[$name]}M" "/dev/mapper/$VG-$name" | md5sum)" "${SUM[$name]}  -" || return
	look_size "$name"
	look "$name"
}

act_extend_store() {
	local name
	name=$(printf '%s\n' "${!ORIGIN[@]}" | sort | one_of)
	[[ $name ]] || { idle && return; }
	tool lvextend -L +1M "$VG/$name"
}

act_rename() {
	local name new=r$COUNTER other
	name=$(printf '%s\n' "${!SUM[@]}" | sort | one_of)
	[[ $name ]] || { idle && return; }
	COUNTER=$((COUNTER + 1))
	tool lvrename "$VG" "$name" "$new" || return
	SUM[$new]=${SUM[$name]} SIZE[$new]=${SIZE[$name]}
	[[ ! ${ORIGIN[$name]-} ]] || ORIGIN[$new]=${ORIGIN[$name]}
	for other in $(snapshots_of "$name"); do
		ORIGIN[$other]=$new
	done
	unset "SUM[$name]" "SIZE[$name]" "ORIGIN[$name]"
}

act_merge() {
	local name
	name=$(printf '%s\n' "${!ORIGIN[@]}" | sort | one_of)
	[[ $name ]] || { idle && return; }
	tool lvconvert --merge "$VG/$name" || return
	SUM[${ORIGIN[$name]}]=${SUM[$name]}
	unset "SUM[$name]" "SIZE[$name]" "ORIGIN[$name]"
}

act_remove() {
	local name other
	name=$(printf '%s\n' "${!SUM[@]}" | sort | one_of)
	[[ $name ]] || { idle && return; }
	tool lvremove -f "$VG/$name" || return
	for other in $(snapshots_of "$name"); do
		unset "SUM[$other]" "SIZE[$other]" "ORIGIN[$other]"
	done
	unset "SUM[$name]" "SIZE[$name]" "ORIGIN[$name]"
}

# Off and on again, the one and the other by either tool.
act_cycle() {
	((${#SUM[@]})) || { idle && return; }
	if ((RANDOM % 2)); then lvm2 vgchange -an "$VG" >/dev/null 2>&1; else svchange -q -an "$VG"; fi || return
	[[ -z $(dmsetup ls | grep "^$VG-") ]] || return
	if ((RANDOM % 2)); then lvm2 vgchange -ay "$VG" >/dev/null 2>&1; else svchange -q -ay "$VG"; fi
}

act_refresh() {
	local name
	name=$(names | one_of)
	[[ $name ]] || { idle && return; }
	tool lvchange --refresh "$VG/$name"
}

#
# What must be so after each of them
#

check_contents() {
	local sum name seen=0
	while IFS=- read -r sum name; do
		expect_text "contents of $name" "${sum%% *}" "${SUM[$name]}" || return
		((seen += 1))
	done < <(sums_now "${!SUM[@]}")
	expect_text "number of volumes" "$seen" "${#SUM[@]}"
}

# number_of NAME: the device of that volume or layer as tables name it.
number_of() {
	echo "${NUMBER[$VG-$1]-none}"
}

# wanted_table NAME: the one line that the device of a volume has, or what all its lines are.
wanted_table() {
	local name=$1 origin=${ORIGIN[$1]-}
	if [[ $origin ]]; then
		echo "0 $((SIZE[$name] * 2048)) snapshot $(number_of "$origin-real") $(number_of "$name-cow") P 8"
	elif [[ " ${ORIGIN[*]} " == *" $name "* ]]; then
		echo "0 $((SIZE[$name] * 2048)) snapshot-origin $(number_of "$name-real")"
	else
		echo linear
	fi
}

# is_linear NAME: whose lines follow one another and lie on the group's disks.
is_linear() {
	local line start len type on at=0
	while read -r line; do
		read -r start len type on _ <<<"$line"
		[[ $type == linear && $start == "$at" && " $DISKS " == *" $on "* ]] || return
		at=$((at + len))
	done <<<"${TABLE[$VG-$1]}"
	((at > 0))
}

# The kernel's devices: which there are, and what each maps to what.
check_devices() {
	local name part line parts=() wanted=()
	local -A NUMBER=() TABLE=()
	while IFS=: read -r name line; do
		NUMBER[$name]=$line
	done < <(dmsetup info --columns --noheadings --separator : -o name,major,minor | grep "^$VG-")
	while IFS=: read -r name line; do
		line=${line# } line=${line% }
		TABLE[$name]+=${TABLE[$name]+$'\n'}$line
	done < <(dmsetup table | grep "^$VG-")
	for name in "${!SUM[@]}"; do
		parts=("$name")
		if [[ ${ORIGIN[$name]-} ]]; then
			parts+=("$name-cow")
		elif [[ " ${ORIGIN[*]} " == *" $name "* ]]; then
			parts+=("$name-real")
		fi
		line=$(wanted_table "$name")
		[[ $line == linear ]] || expect_text "table of $name" "${TABLE[$VG-$name]-}" "$line" || return
		for part in "${parts[@]}"; do
			wanted+=("$VG-$part")
			[[ $part == "$name" && $line != linear ]] || is_linear "$part" ||
				expect_text "table of $part" "${TABLE[$VG-$part]-}" "linear on $DISKS" || return
		done
	done
	expect_text "the kernel's devices" "$(printf '%s\n' "${!NUMBER[@]}" | sort | paste -sd ' ')" \
		"$(printf '%s\n' "${wanted[@]}" | sort | sed '/^$/d' | paste -sd ' ')"
}

check_all() {
	((${#SUM[@]} == 0)) || check_contents || return
	check_devices || return
	command svgck "$VG" >/dev/null || return
	lvm2_is_content vgck "$VG"
}

alternate() {
	local acts=(create create snapshot snapshot snapshot write write write extend extend_store rename \
		merge remove cycle refresh)
	local i act
	RANDOM=$1
	for ((i = 1; i <= ${ALTERNATE_ACTS:-100}; i++)); do
		act=${acts[RANDOM % ${#acts[@]}]}
		TOOL='' IDLE='' PICK=$RANDOM
		if ! "act_$act" || { [[ ! $IDLE ]] && ! check_all; }; then
			echo "seed $1, act $i: $act by ${TOOL:-either}:" >&2
			cat "$BATS_TEST_TMPDIR/said" >&2
			dmsetup table >&2
			lvm2 lvs -a "$VG" >&2
			return 1
		fi
		[[ ! $IDLE ]] || i=$((i - 1))
	done
	assert_lvm2_agrees
}

@test "snapvol and LVM2 alternate on a group (seed 1)" {
	alternate "${ALTERNATE_SEED:-1}"
}

@test "snapvol and LVM2 alternate on a group (seed 2)" {
	[[ -z ${ALTERNATE_SEED-} ]] || skip "another seed was asked for"
	alternate 2
}
