# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Power cuts in the transitions of transitions.bash, which is loaded before this.  For guests: all of
# device-mapper is used, udevd is stopped, and the disks are nbd's.
#
#	cuts_begin DIR		DIR, on a tmpfs, is where the disks are; sets DEVICES
#	cuts_end
#	record NAME [COMMAND...]	prepare, then run the transition's command (after COMMAND...: a
#				command to run it with) on disks that record, while a writer writes to all
#				volumes that may be in use; DIR/trace is there then
#	try_cuts NAME STEP FIRST SEED	check every STEPth place of it (cuts.c); prints "NAME KIND TRIED SURVIVED"
#
#	keep_cuts NAME COUNT DIR	keep COUNT states that were checked, and what is needed to judge them, for
#				machines that are started with them (reboot.bash)
#	merge_in_pieces COUNT SEED	cut a merge COUNT times, each time at a random place of what is left of
#				it, and let it end
#
# The writer keeps to the first CUT_BLOCKS blocks.

CUT_BLOCKS=32 CUT_FIRST=1000

# LVM2 is asked at one place of so many, which makes all of them take a sixth longer.
CUT_LVM2_EACH=32

# Who is written to where none may be in use while the command runs: from its end on.
declare -gA WRITTEN_AFTER=([merge]=base [merge_postponed]=base)

# The device's name after the command, and whose contents it has before the first write of the state after, if not
# its own.
declare -gA NAME_AFTER=([rename]=VG-other [group_rename_active]=VGrenamed-base)
declare -gA CONTENTS_OF=([merge]=snap)

# Options for cuts check: snapshots of it that are taken; contents that are nobody's; no change on disk.
declare -gA CUT_OPTIONS=(
	[first_snapshot]="-i VG-new"
	[second_snapshot]="-i VG-new"
	[snapshot_elsewhere]="-i VG-new"
	[set_of_three]="-i VG-new_a -i VG-new_b -i VG-new_c"
	[attach]="-i VG-snap -b VG-snap"
	[split]="-a VG-snap"
	[activate]=-n
	[deactivate]=-n
	[merge_postponed]=-n
	[merge_cancel]=-u
	[merge_finish]=-n
	[merge_finish_listing]=-n
)

# udevd would look into every device that comes and goes, and hold it open.
stop_udevd() {
	local i
	[[ -e /run/udev/control ]] || return 0
	udevadm control --exit
	for ((i = 0; i < 200; i++)); do
		pgrep -x systemd-udevd >/dev/null || break
		sleep 0.1
	done
	rm -f /run/udev/control
}

cuts_begin() {
	CUTS=$1
	stop_udevd
	# shellcheck disable=SC2034 # transitions.bash uses them
	DEVICES=(/dev/nbd0 /dev/nbd1) RECORDER='' WRITER=''
	mkdir -p "$CUTS"
	modprobe nbd nbds_max=4
}

cuts_end() {
	dmsetup remove_all
	[[ -z $WRITER ]] || kill "$WRITER"
	[[ ! -e $CUTS/control ]] || recorder quit "$CUTS"
	[[ -z $RECORDER ]] || wait "$RECORDER"
	rm -rf "${CUTS:?}" "/dev/${VG:?}"*
}

wait_for() {
	local i
	for ((i = 0; i < 500; i++)); do
		[[ ! -e $1 ]] || return 0
		sleep 0.01
	done
	echo "$1: has not come" >&2
	return 1
}

# The recorder with the disks as they are in CUTS, or new ones.
start_recorder() {
	local i
	for i in 0 1; do
		[[ -e $CUTS/disk$i ]] || truncate -s 16M "$CUTS/disk$i"
	done
	recorder serve "$CUTS" 3>&- &
	RECORDER=$!
	wait_for "$CUTS/control"
}

# Nobody lives through a power cut: one that waits for a merge in the background would meet the group again.
stop_recorder() {
	pkill -KILL -x svmerge
	dmsetup remove_all
	recorder quit "$CUTS" && wait "$RECORDER" && RECORDER=
}

# start_writer VOLUME...
start_writer() {
	rm -f "$CUTS/writing"
	writer run "$CUT_BLOCKS" "$CUT_FIRST" "$CUTS" "${@/#//dev/mapper/$VG-}" 3>&- &
	WRITER=$!
	wait_for "$CUTS/writing"
}

stop_writer() {
	[[ -n $WRITER ]] || return 0
	kill "$WRITER"
	wait "$WRITER" && WRITER=
}

# Sets WRITTEN, the volumes that are written to in a transition, and WHEN that is.
written_in() {
	WHEN=during
	read -ra WRITTEN <<<"$(in_use "$1")"
	((${#WRITTEN[@]} == 0)) || return 0
	WHEN=after
	read -ra WRITTEN <<<"${WRITTEN_AFTER[$1]-}"
}

write_when() {
	((${#WRITTEN[@]} == 0)) || [[ $1 != "$WHEN" ]] || start_writer "${WRITTEN[@]}"
}

record() {
	local name=$1 status=0
	shift
	rm -rf "${CUTS:?}"/* "/dev/${VG:?}"*
	written_in "$name"
	start_recorder && prepare "$name" && command_of "$name" && recorder begin "$CUTS" || return
	write_when during || return
	recorder mark "$CUTS" start
	"$@" "${COMMAND[@]}" >"$CUTS/output" 2>&1 </dev/null 3>&- || status=$?
	recorder mark "$CUTS" "done"
	write_when after || return
	sleep 0.05
	stop_writer || status=$?
	recorder mark "$CUTS" end
	stop_recorder || return
	((status == 0)) || cat "$CUTS/output" >&2
	return "$status"
}

cut_options() {
	local name=$1 volume after
	written_in "$name"
	printf '%s' "${CUT_OPTIONS[$name]//VG/$VG}"
	((${#WRITTEN[@]} == 0)) || printf ' -w %s,%s' "$CUT_BLOCKS" "$CUT_FIRST"
	for volume in "${WRITTEN[@]}"; do
		after=${NAME_AFTER[$name]-VG-$volume}
		printf ' -v %s,%s,%s' "$VG-$volume" "$VG${after#VG}" "$VG-${CONTENTS_OF[$name]-$volume}"
	done
	echo
}

# Where LVM2 finds the settings of judge.bash, whose functions are not for here.
lvm2_settings() {
	[[ -d $CUTS/lvm2 ]] || (
		# shellcheck source=test/torture/judge.bash
		. "${BASH_SOURCE[0]%/*}/judge.bash"
		WORK=$CUTS
		make_lvm2_config
	) || return
	echo "LVM_SYSTEM_DIR=$CUTS/lvm2" LVM_SUPPRESS_FD_WARNINGS=1
}

# try_cuts NAME STEP FIRST SEED: every STEPth write from the FIRSTth on; SEED says what is lost, 0 nothing.
try_cuts() {
	local name=$1 step=$2 first=$3 seed=$4 kind=cut counts status=0 options settings
	((seed == 0)) || kind=cut_and_lost
	read -ra options <<<"$(cut_options "$name")"
	read -ra settings <<<"$(lvm2_settings)"
	counts=$(env "${settings[@]}" cuts check -s "$step" -f "$first" -r "$seed" -l "$CUT_LVM2_EACH" \
		"${options[@]}" "$CUTS") || status=$?
	echo "$name $kind ${counts:-1 0}"
	return "$status"
}

# Every other one with losses.  The models that judge them are those of the last try_cuts.
keep_cuts() {
	local name=$1 number=$2 directory=$3/$1 count i k place
	count=$(cuts count "$CUTS") && mkdir -p "$directory" || return
	cp --sparse=always "$CUTS"/{trace,model.*,disk*.before} "$directory" || return
	echo "VG=$VG; JUDGE='$(cut_options "$name")'" >"$directory/options"
	for ((i = 0; i < number; i++)); do
		place=$((1 + (2 * i + 1) * count / (2 * number)))
		cuts cut "$CUTS" $place $((i % 2 * (i + 1))) && mkdir -p "$directory/$place" || return
		for k in 0 1; do
			cp --sparse=always "$CUTS/disk$k.cut" "$directory/$place/disk$k" || return
		done
	done
}

#
# A merge again and again
#

many_exceptions() {
	with_no_volumes && volume base && svcreate -q -s -L 1m -n snap "$VG/base" &&
		writer fill "$MOST_BLOCKS" "$CUT_FIRST" 400 "/dev/mapper/$VG-base"
}

# "VOLUME SUM" of all that can be read.
sums_of() {
	local device name
	for device in "/dev/mapper/$VG-"*; do
		name=${device##*/}
		case $name in
		*-real | *-cow | "$VG-*") continue ;;
		esac
		echo "${name#"$VG-"} $(dd if="$device" bs=1M iflag=direct status=none | md5sum)"
	done
}

# The merge goes on after a start of the machine, and shows what it will end with.
merge_on() {
	local sums
	rm -rf "/dev/${VG:?}" "/dev/mapper/$VG-"*
	start_recorder && recorder begin "$CUTS" && svchange -q -ay "$VG" || return
	[[ $(dmsetup table "$VG-base") == *snapshot-merge* ]] || {
		echo "the merge was over before it was cut often enough" >&2
		return 1
	}
	sums=$(sums_of)
	[[ $sums == "$1" ]] || printf 'merging shows:\n%s\nnot:\n%s\n' "$sums" "$1" >&2
	[[ $sums == "$1" ]]
}

# Until the kernel has merged all, whether somebody finishes that or not.
merge_is_over() {
	[[ $(dmsetup table "$VG-base") != *snapshot-merge* ]] || merge_is_done 2000 ||
		[[ $(dmsetup table "$VG-base") != *snapshot-merge* ]]
}

# cut_short SEED LEFT: a part is kept of what the recorder has recorded, which is all that was left of the merge: any part,
# but no more than lets each of those cuts that are left have as much.
cut_short() {
	local seed=$1 left=$2 count most i
	merge_is_over 2>/dev/null && stop_recorder && count=$(cuts count "$CUTS") || return
	most=$((2 * count / (left + 3)))
	RANDOM=$seed
	cuts cut "$CUTS" $((1 + (RANDOM << 15 | RANDOM) % (most ? most : 1))) "$seed" || return
	for i in 0 1; do
		mv "$CUTS/disk$i.cut" "$CUTS/disk$i" || return
	done
}

merge_in_pieces() {
	local pieces=$1 seed=$((1 + $2 * $1)) i wanted
	rm -rf "${CUTS:?}"/* "/dev/${VG:?}"*
	start_recorder && many_exceptions && svchange -q -an "$VG" && svchange -q -ay "$VG" || return
	wanted=$(sums_of | sed -n 's/^snap /base /p')
	svmerge -q -b "$VG/snap" >/dev/null 2>&1 3>&- && recorder begin "$CUTS" &&
		cut_short "$seed" $((pieces - 1)) || return
	for ((i = 1; i < pieces; i++)); do
		merge_on "$wanted" && cut_short $((seed + i)) $((pieces - 1 - i)) || return
	done
	merge_on "$wanted" && settled 2>/dev/null && svrecover -q "$VG" || return
	[[ $(sums_of) == "$wanted" && $(svs --noheadings -a -o lv_name "$VG" | tr -d ' ') == base ]] || return
	stop_recorder || return
	echo "merge in_pieces $pieces $pieces"
}
