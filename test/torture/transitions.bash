# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All transitions of a group, for whatever tortures them: kills, failures, power cuts.
#
# A transition is a state before and a command.  Whoever loads this sets VG, a group name that is
# free, and DEVICES, two small block devices (8 MiB do) whose contents may be lost, and has
# snapvol's links on PATH.  Then:
#
#	list_transitions	names, one a line
#	prepare NAME		the state before, from nothing: what VG has in the kernel is removed,
#				the devices are emptied
#	command_of NAME		sets COMMAND
#	in_use NAME		words: volumes that may be open while the command works, or nothing
#
#	keep_state FILE		all that prepare has made, to be brought back
#	restore_state FILE	by this, much faster than by prepare
#
# The kept state is the contents of the devices and the tables of what is active.  A transition's
# state after is what its command leaves, undisturbed, followed by settled(): until no merge is
# under way.
#
# Volumes are small, so that all of them can be read after every step: origins 1 MiB, stores 256 KiB.

EXTENT=64k ORIGIN=1m STORE=256k MOST_BLOCKS=256
declare -gA PREPARATION=() COMMAND_LINE=() IN_USE=()
TRANSITIONS=()

# transition NAME PREPARATION IN_USE COMMAND...: VG in a word stands for the group, D0 and D1 for devices, BACKUP
# for what with_backup has written.
transition() {
	TRANSITIONS+=("$1")
	PREPARATION[$1]=$2
	IN_USE[$1]=$3
	COMMAND_LINE[$1]=${*:4}
}

transition create with_snapshot "base" svcreate -q -L 512k -n new VG
transition create_striped with_snapshot "base" svcreate -q -i 2 -L 512k -n new VG
transition first_snapshot with_base "base" svcreate -q -s -L $STORE -n new VG/base
transition second_snapshot with_snapshot "base" svcreate -q -s -L $STORE -n new VG/base
transition snapshot_elsewhere with_place_elsewhere "base" svcreate -q -s -L $STORE -n new VG/base
transition set_of_three with_three "a b c" svcreate -q -s -L $STORE -n new_%o VG/a VG/b VG/c
transition inactive_snapshot with_inactive "" svcreate -q -s -L $STORE -n new VG/base
transition grow_store with_snapshot "base" svresize -q -L +$STORE VG/snap
transition shrink_store with_large_store "base" svresize -q -y -L 512k VG/snap
transition grow_volume with_base "base" svresize -q -L +512k VG/base
transition grow_origin with_two_snapshots "base" svresize -q -L +512k VG/base
transition rename with_two_snapshots "base" svrename -q VG/base other
transition rename_snapshot with_two_snapshots "base" svrename -q VG/snap other
transition permission with_snapshot "base" svchange -q -p r VG/snap
transition permission_volume with_base "" svchange -q -p r VG/base
transition tag with_snapshot "base" svchange -q --addtag word VG/base
transition activate with_inactive_snapshots "" svchange -q -ay VG/base
transition deactivate with_two_snapshots "" svchange -q -an VG/base
transition remove_one with_two_snapshots "base" svremove -q -f VG/snap
transition remove_last with_snapshot "base" svremove -q -f VG/snap
transition remove_origin with_two_snapshots "" svremove -q -f VG/base
transition merge with_two_snapshots "" svmerge -q -b VG/snap
transition merge_and_wait with_two_snapshots "" svmerge -q VG/snap
transition merge_postponed with_postponed_merge "" svchange -q --refresh VG/base
transition merge_cancel with_postponed_merge "base" svmerge -q --cancel VG/snap
transition merge_finish with_finished_merge "base" svrecover -q VG
transition merge_finish_listing with_finished_merge "base" svs -q VG
transition split with_two_snapshots "base" svconvert -q -y --splitsnapshot VG/snap
transition attach with_split_store "base" svconvert -q -y -s VG/base VG/snap
transition group_create with_nothing "" svgcreate -q -s $EXTENT VG D0 D1
transition group_extend with_one_device "base" svgextend -q VG D1
transition group_reduce with_base "base" svgreduce -q VG D1
transition group_remove with_no_volumes "" svgremove -q VG
transition group_rename with_inactive "" svgrename -q VG VGrenamed
transition group_rename_active with_two_snapshots "base" svgrename -q VG VGrenamed
transition group_split with_volume_on_each "base" svgsplit -q VG VGsplit D1
transition group_merge with_two_groups "base" svgmerge -q VG VGsplit
transition group_tag with_snapshot "base" svgchange -q --addtag word VG
transition group_restore with_backup "" svgcfgrestore -q -f BACKUP VG
transition device_change with_base "base" svpvchange -q -x n D1
transition device_identity with_inactive "" svpvchange -q -u D1
transition device_shrink with_base "base" svpvresize -q -y --setphysicalvolumesize 4m D1
transition device_grow with_small_device "base" svpvresize -q D1

list_transitions() {
	printf '%s\n' "${TRANSITIONS[@]}"
}

command_of() {
	local word
	COMMAND=()
	for word in ${COMMAND_LINE[$1]}; do
		case $word in
		VG*) word=$VG${word#VG} ;;
		D0) word=${DEVICES[0]} ;;
		D1) word=${DEVICES[1]} ;;
		BACKUP) word=$(backup_file) ;;
		esac
		COMMAND+=("$word")
	done
}

in_use() {
	echo "${IN_USE[$1]}"
}

#
# States before
#

# write_blocks VOLUME WORD [FIRST COUNT]: blocks of 4 KiB that all differ.
write_blocks() {
	local first=${3-0} count=${4-$MOST_BLOCKS}
	awk -v word="$2" -v first="$first" -v count="$count" 'BEGIN {
		for (i = first; i < first + count; i++) {
			line = sprintf("%s %08d ", word, i)
			text = line
			while (length(text) < 4096)
				text = text text
			printf "%s", substr(text, 1, 4096)
		}
	}' | dd of="/dev/mapper/$VG-$1" bs=64k seek=$((first * 4096)) oflag=direct,seek_bytes \
		iflag=fullblock conv=notrunc status=none
}

with_nothing() {
	:
}

with_no_volumes() {
	svgcreate -q -s $EXTENT --metadatasize 124k --dataalignment 128k "$VG" "${DEVICES[@]}"
}

with_one_device() {
	svgcreate -q -s $EXTENT --metadatasize 124k --dataalignment 128k "$VG" "${DEVICES[0]}" &&
		volume base
}

volume() {
	svcreate -q -L $ORIGIN -n "$1" "$VG" && write_blocks "$1" "$1"
}

with_base() {
	with_no_volumes && volume base
}

with_three() {
	with_no_volumes && volume a && volume b && volume c
}

with_inactive() {
	with_base && svchange -q -an "$VG/base"
}

# The second's is not active, as must be what leaves its group.
with_volume_on_each() {
	with_no_volumes && svcreate -q -L $ORIGIN -n base "$VG" "${DEVICES[0]}" && write_blocks base base &&
		svcreate -q -L $ORIGIN -n moved "$VG" "${DEVICES[1]}" && write_blocks moved moved &&
		svchange -q -an "$VG/moved"
}

with_two_groups() {
	with_volume_on_each && svgsplit -q "$VG" "${VG}split" "${DEVICES[1]}"
}

backup_file() {
	echo "${TMPDIR:-/tmp}/$VG.backup"
}

# The file says less than the group does by now.
with_backup() {
	with_inactive && rm -f "$(backup_file)" && svgcfgbackup -q -f "$(backup_file)" "$VG" &&
		svgchange -q --addtag later "$VG"
}

with_small_device() {
	with_base && svpvresize -q -y --setphysicalvolumesize 4m "${DEVICES[1]}"
}

# Each snapshot has copied something before the next is made, at places where no writer goes.
with_snapshot() {
	with_base && svcreate -q -s -L $STORE -n snap "$VG/base" && write_blocks base second 128 8
}

with_place_elsewhere() {
	with_snapshot && svpvchange -q -x n "${DEVICES[0]}"
}

with_two_snapshots() {
	with_snapshot && svcreate -q -s -L $STORE -n other_snap "$VG/base" && write_blocks base third 132 8
}

with_large_store() {
	with_base && svcreate -q -s -L 1m -n snap "$VG/base" && write_blocks base second 128 8
}

with_inactive_snapshots() {
	with_two_snapshots && svchange -q -an "$VG/base"
}

with_split_store() {
	with_snapshot && svconvert -q -y --splitsnapshot "$VG/snap"
}

# Held back by somebody who has the snapshot open, and by now has closed it.
with_postponed_merge() {
	local fd status=0
	with_two_snapshots || return
	exec {fd}<"/dev/mapper/$VG-snap"
	svmerge -q -b "$VG/snap" || status=$?
	exec {fd}<&-
	return $status
}

with_finished_merge() {
	with_postponed_merge && svchange -q -an "$VG/base" && svchange -q -ay "$VG/base" &&
		merge_is_done 100
}

# Activation starts nobody who waits for the end of the merge, and no command that looks is run, as that
# would finish it in the metadata.
merge_is_done() {
	local i status
	for ((i = 0; i < $1; i++)); do
		status=$(dmsetup status "$VG-base")
		[[ $status =~ snapshot-merge\ ([0-9]+)/[0-9]+\ ([0-9]+) ]] || return
		((BASH_REMATCH[1] != BASH_REMATCH[2])) || return 0
		sleep 0.05
	done
	echo "merge goes on: $status" >&2
	return 1
}

# Wait for the end of a merge that the command has begun, and for who does so in the background.
settled() {
	local end=$((SECONDS + 60))
	while ((SECONDS < end)); do
		[[ $(dmsetup table "$VG-base" 2>/dev/null) == *snapshot-merge* ]] || is_running svmerge || return 0
		svs "$VG" >/dev/null || return
	done
	echo "$VG/base: does not stop to merge" >&2
	return 1
}

prepare() {
	local device
	take_down || return
	for device in "${DEVICES[@]}"; do
		empty_device "$device" || return
	done
	"${PREPARATION[$1]}"
}

empty_device() {
	# -f says that it does
	blkdiscard -f "$1" 2>/dev/null
}

#
# Out of the kernel and back
#

# Sets TOP_DOWN: names of VG's devices, upper ones first.
from_the_top() {
	local name type last='' upper=() lower=()
	# a line for each part of a table
	while read -r name _ _ type _; do
		[[ $name == "$VG"* && $name != "$last" ]] || continue
		last=$name
		case $type in
		snapshot | snapshot-* | error) upper+=("${name%:}") ;;
		*) lower+=("${name%:}") ;;
		esac
	done < <(dmsetup table)
	TOP_DOWN=("${upper[@]}" "${lower[@]}")
}

# Who waits for a merge in the background would meet the next group of this name.
take_down() {
	! is_running svmerge || pkill -KILL -x svmerge
	from_the_top
	((${#TOP_DOWN[@]} == 0)) || dmsetup remove --retry "${TOP_DOWN[@]}" || return
	# where no udevd runs
	rm -rf "/dev/${VG:?}"* "/dev/mapper/$VG"*
}

# copy FROM TO FLAG
copy() {
	dd if="$1" of="$2" bs=1M "$3" conv=notrunc status=none
}

is_running() {
	grep -qsx "$1" /proc/[0-9]*/comm
}

keep_state() {
	local i
	for i in 0 1; do
		copy "${DEVICES[i]}" "$1.$i" iflag=direct || return
	done
	dmsetup table --concise 2>/dev/null | tr ';' '\n' | awk -F , -v vg="$VG" '
		index($1, vg) == 1 { print ($5 ~ / snapshot/ ? 2 : 1) "," $0 }' |
		sort -t , -k 1,1n | cut -d , -f 2- | paste -sd ';' >"$1.tables"
}

restore_state() {
	local i
	take_down || return
	for i in 0 1; do
		copy "$1.$i" "${DEVICES[i]}" oflag=direct || return
	done
	[[ ! -s $1.tables ]] || dmsetup create --concise "$(<"$1.tables")"
	dmsetup mknodes
}
