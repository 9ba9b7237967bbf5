#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a command asks of the kernel, counted: how many calls, in which order, and what is kept out
# of the time in which a volume stands still.

load lib
load many

setup() {
	skip_without strace
	TRACE=$BATS_TEST_TMPDIR/trace
}

# trace CALLS COMMAND...: a line in TRACE for each such call of the command and its children:
# process, time, call.  Of what changes anything LVM2 is asked.
trace() {
	local status=0
	strace -qq -f -y -v -ttt -s 1 -o "$TRACE" -e signal=none -e "trace=$1" "${@:2}" || status=$?
	[[ " ${CHANGING[*]} " != *" $2 "* ]] || ask_lvm2 "${@:2}"
	return "$status"
}

# make_origins NAME...: small volumes in a group of their own.
make_origins() {
	local name
	prepare_devices 1 128M
	svgcreate -q "$VG" "${DEVICES[0]}"
	for name; do
		svcreate -q -y -L 8M -n "$name" "$VG"
	done
}

# at_most WHAT ACTUAL LIMIT
at_most() {
	(($2 <= $3)) && return
	echo "$1: $2, should have been at most $3" >&2
	return 1
}

#
# Reading traces
#

# What the kernel was asked, without its answers to ioctls.
calls() {
	sed 's/ => .*//' "$TRACE"
}

# dm_calls [VERB]: how many ioctls of device-mapper there were.
dm_calls() {
	calls | grep -cE " ioctl\([^,]*, DM_${1:-[A-Z_]+}," || true
}

# The order of suspends and resumes, a letter for each, from the first suspend on.
suspends_and_resumes() {
	calls | awk '
		!/, DM_DEV_SUSPEND,/ { next }
		/[=|]DM_SUSPEND_FLAG/ { text = text "S"; next }
		text { text = text "R" }
		END { print text }'
}

# What a process does between its first suspend and the last resume, other than these.  A limit
# to each suspend is allowed: it is no work and makes nobody wait.
other_than_resuming() {
	calls | awk '
		/, DM_DEV_SUSPEND,.*[=|]DM_SUSPEND_FLAG/ && !process { process = $1; first = NR }
		$1 == process { line[NR] = $0 }
		$1 == process && /, DM_DEV_SUSPEND,/ { last = NR }
		END {
			if (last == first)
				print "nothing was suspended and resumed"
			for (i = first; i < last; i++)
				if (i in line && line[i] !~ /, DM_DEV_SUSPEND,| setitimer\(| clock_gettime\(/)
					print line[i]
		}'
}

# bytes_read DEVICE: "ONCE AGAIN", bytes of it that were read for the first time, and that were
# read before.  Its head, with the label and the area's header, is looked at before the text.
bytes_read() {
	awk -v device="<$1>" -v head=16384 '
		index($0, device) && match($0, /, [0-9]+, [0-9]+\) += [0-9]+$/) {
			split(substr($0, RSTART), number, /[^0-9]+/)
			begin = number[3] < head ? head : number[3]
			end = number[3] + number[4]
			for (block = int(begin / 512); block * 512 < end; block++)
				if (seen[block]++)
					again += 512
				else
					once += 512
		}
		END { print once + 0, again + 0 }' "$TRACE"
}

# Writes to the device out of order: a header while something before it may not be on disk, or
# anything that is not flushed at the end.  Prints "N headers, N texts" last.
commits_out_of_order() {
	awk -v device="<$1>" '
		!index($0, device) { next }
		/ pwrite64\(/ && match($0, /, [0-9]+, [0-9]+\) += [0-9]+$/) {
			split(substr($0, RSTART), number, /[^0-9]+/)
			if (number[3] == 4096) {
				headers++
				if (unflushed)
					print "header written before a flush: " $0
				header_open = 1
			} else {
				if (number[3] < 1048576)
					texts++
				if (header_open)
					print "written before the header was flushed: " $0
			}
			unflushed = $0
		}
		/ f(data)?sync\(/ { unflushed = ""; header_open = 0 }
		END {
			if (unflushed)
				print "never flushed: " unflushed
			print headers + 0 " headers, " texts + 0 " texts"
		}' "$TRACE"
}

#
# Snapshots
#

@test "a snapshot of an active origin takes at most 24 ioctls, the tenth no more than the first" {
	local i first
	make_origins base
	trace ioctl svcreate -q -s -L 4M -n s1 "$VG/base"
	first=$(dm_calls)
	at_most "ioctls of the first snapshot" "$first" 24
	at_most "creations, which there must be" 3 "$(dm_calls DEV_CREATE)"
	for ((i = 2; i < 10; i++)); do
		svcreate -q -s -L 4M -n "s$i" "$VG/base"
	done
	trace ioctl svcreate -q -s -L 4M -n s10 "$VG/base"
	at_most "ioctls of the tenth snapshot" "$(dm_calls)" "$first"
}

@test "a snapshot suspends its origin once, the tenth too" {
	local i
	make_origins base
	for ((i = 1; i < 10; i++)); do
		trace ioctl svcreate -q -s -L 4M -n "s$i" "$VG/base"
		[[ $(suspends_and_resumes) =~ ^SR+$ ]]
	done
	trace ioctl svcreate -q -s -L 4M -n s10 "$VG/base"
	[[ $(suspends_and_resumes) =~ ^SR+$ ]]
}

@test "while a volume stands still nothing is done but suspend and resume" {
	make_origins base
	trace all svcreate -q -s -L 4M -n s1 "$VG/base"
	expect_text "done meanwhile" "$(other_than_resuming)" ""
	trace all svcreate -q -s -L 4M -n s2 "$VG/base"
	expect_text "done meanwhile" "$(other_than_resuming)" ""
}

@test "three origins are all suspended before the first is resumed" {
	make_origins a b c
	trace all svcreate -q -s -L 4M -n %o-s "$VG/a" "$VG/b" "$VG/c"
	[[ $(suspends_and_resumes) =~ ^SSSR+$ ]]
	expect_text "done meanwhile" "$(other_than_resuming)" ""
}

#
# Many volumes
#

# make_many COUNT: a group that LVM2 wrote in one piece.
make_many() {
	skip_without vgcfgrestore
	prepare_devices 1 "$(many_size "$1")"
	many_make "$VG" "${DEVICES[0]}" "$1" "$BATS_TEST_TMPDIR/text" lvm2
}

@test "listing 1,000 inactive volumes is one listing of devices and one reading of metadata" {
	local once again
	make_many 1000
	trace all svs --noheadings "$VG" >"$BATS_TEST_TMPDIR/listing"
	expect_text "lines" "$(wc -l <"$BATS_TEST_TMPDIR/listing")" 1000
	at_most "calls of all kinds" "$(wc -l <"$TRACE")" 900
	expect_text "listings" "$(dm_calls LIST_DEVICES)" 1
	expect_text "ioctls" "$(($(dm_calls) - $(dm_calls VERSION)))" 1
	read -r once again < <(bytes_read "${DEVICES[0]}")
	at_most "bytes, which must be read" 100000 "$once"
	expect_text "bytes read again" "$again" 0
}

teardown() {
	udev_all_rules
	cleanup_devices
}

@test "activating 100 volumes waits for udev once" {
	needs_guest
	[[ -e /run/udev/control ]] || skip "udevd does not run"
	make_many 100
	udev_few_rules
	trace semop,semtimedop,semctl svchange -q -ay "$VG"
	expect_text "active volumes" "$(compgen -G "/dev/mapper/$VG-v*" | wc -l)" 100
	expect_text "waits" "$(grep -c 'sem_op=0' "$TRACE")" 1
	svchange -q -an "$VG"
}

#
# Commits
#

@test "every commit flushes the text before the header, and the header before it goes on" {
	local device
	prepare_devices 2 64M
	device=${DEVICES[0]}
	svgcreate -q "$VG" "${DEVICES[@]}"

	commit_in_order svcreate -q -y -L 8M -n base "$VG" "$device"
	commit_in_order svcreate -q -s -L 4M -n s1 "$VG/base"
	commit_in_order svresize -q -L 8M "$VG/s1"
	commit_in_order svrename -q "$VG/s1" s2
	commit_in_order svremove -q -y "$VG/s2"
	commit_in_order svremove -q -y "$VG/base"
}

commit_in_order() {
	local said device
	trace pwrite64,pwritev,pwritev2,write,fsync,fdatasync "$@"
	for device in "${DEVICES[@]}"; do
		said=$(commits_out_of_order "$device")
		[[ $said =~ ^[1-9][0-9]*\ headers,\ [1-9][0-9]*\ texts$ ]] && continue
		printf '%s: on %s\n%s\n' "$*" "$device" "$said" >&2
		return 1
	done
}

# Which devices a command wrote to, those of ours and what it made itself.
written_devices() {
	grep -oE ' (pwrite64|pwritev|write)\([0-9]+</dev/(loop|dm-)[0-9]+>' "$TRACE" | grep -oE '/dev/[a-z0-9-]+' | sort -u
}

@test "a new volume's zeros go to it and to no other device" {
	local other base
	prepare_devices 2 64M
	dmsetup create "$VG-other" --table "0 65536 linear ${DEVICES[1]} 0"
	svgcreate -q "$VG" "${DEVICES[0]}"
	trace pwrite64,pwritev,write svcreate -q -y -L 8M -n base "$VG"
	other=$(readlink -f "/dev/mapper/$VG-other")
	base=$(readlink -f "/dev/mapper/$VG-base")
	[[ $other != "$base" ]]
	expect_text "written to" "$(written_devices)" "$(printf '%s\n' "$base" "${DEVICES[0]}" | sort)"
}

#
# Merging
#

# Looks at the merge, and the nanoseconds slept before each but the first, each length once.
looks() {
	awk '
		/, DM_TABLE_STATUS,/ && /"snapshot-merge"/ { n++ }
		n && / clock_nanosleep\(/ && match($0, /tv_nsec=[0-9]+/) {
			length_ns = substr($0, RSTART + 8, RLENGTH - 8)
			if (!(length_ns in seen) && !($0 ~ /tv_sec=[1-9]/))
				lengths = lengths " " length_ns
			seen[length_ns] = 1
			slept++
		}
		END { print n, slept lengths }' "$TRACE"
}

@test "the end of a merge is noticed within 0.2 seconds, without looking all the time" {
	local i looks slept length rest
	needs_guest
	skip_without_target delay
	prepare_devices 1 64M
	# not from its beginning, or the device below would be the same PV
	dmsetup create "$VG-slow" --table "0 122880 delay ${DEVICES[0]} 8192 20"
	svgcreate -q "$VG" "/dev/mapper/$VG-slow"
	svcreate -q -y -L 8M -n base "$VG"
	svcreate -q -s -c 4k -L 8M -n snap "$VG/base"
	# chunks apart from each other are merged one by one
	for ((i = 0; i < 24; i++)); do
		dd if=/dev/zero of="/dev/mapper/$VG-snap" bs=4k count=1 seek=$((2 * i)) oflag=direct status=none
	done

	settle_udev
	# how long it sleeps, not how long that takes on a busy machine
	trace ioctl,clock_nanosleep svconvert -q --merge "$VG/snap"
	read -r looks slept length rest < <(looks)
	echo "$looks looks, $slept sleeps of $length ns"
	at_most "looks, of which some must be" 5 "$looks"
	# the last looks are at the end, by whoever finishes the merge
	at_most "looks without sleep" "$((looks - slept))" 4
	expect_text "other sleeps" "$rest" ""
	at_most "nanoseconds between looks" "$length" 200000000
	at_most "nanoseconds, not to be busy," 20000000 "$length"
	[[ $(dm_table "$VG-base") == *linear* ]]
}
