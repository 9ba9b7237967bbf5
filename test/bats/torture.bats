#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A small fixed sample of what "make torture" does at length (test/torture): commands killed, with
# and without their guardian, and calls that fail, while a writer works on the origin.
#
# limit: 600 seconds

load lib

setup() {
	needs_guest
	be_patient # it is asked there itself what is suspended
	prepare_devices 2 8M
	export SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	export SERVED=$SNAPVOL_BIN_DIR/../test/torture/served.so
	export BLOCKS=$SNAPVOL_BIN_DIR/../test/torture/blocks STATE=$SNAPVOL_BIN_DIR/../test/torture/state
	export RESULTS=$BATS_TEST_TMPDIR/results
	TORTURE=$BATS_TEST_DIRNAME/../torture
}

# survives OPTION... TRANSITION...: all that was tried was survived, and something was tried.
survives() {
	DEVICES="${DEVICES[*]}" TMPDIR=$BATS_TEST_TMPDIR bash "$TORTURE/kill.bash" "$@"
	awk -f "$TORTURE/table.awk" "$RESULTS"
}

@test "a command killed while it makes a snapshot leaves the state before or after" {
	survives --round kill --step 24 --seed 8 first_snapshot
}

@test "so does one that is killed with its guardian" {
	survives --round kill_group --step 45 --seed 20 set_of_three
}

@test "so does one that is killed while it removes" {
	survives --round kill --step 40 --seed 33 remove_one
}

@test "a merge that is done is finished by the next command, wherever the one before was killed" {
	survives --round kill --step 9 --seed 32 merge_finish
}

@test "a call that fails is told in one line, and the state is the one before or after" {
	survives --round fail --step 14 --seed 4 second_snapshot
}

@test "a device that vanishes is gone without, or that is told, and it comes back to the state before or after" {
	survives --round vanish --step 40 --seed 20 second_snapshot
}

# What terminals are asked, and what libblkid asks whatever might be a floppy or a CD.
HARMLESS_IOCTLS="TCGETS TCGETS2 TIOCGWINSZ CDROM_GET_CAPABILITY CDROM_LAST_WRITTEN FDGETFDCSTAT"

# escaped TRACE LOG: what strace saw of a command, less what the shim noted, by kind; and calls of which it is not
# known that they change nothing.
escaped() {
	awk -v log_name="$2" -v harmless="$HARMLESS" -v harmless_ioctls="$HARMLESS_IOCTLS" '
		function request(    words) {
			split($0, words, /, |\)/)
			return words[2]
		}
		BEGIN {
			for (i = split(harmless, word, " "); i; i--)
				is_harmless[word[i]]
			for (i = split(harmless_ioctls, word, " "); i; i--)
				is_harmless["ioctl " word[i]]
			of_ioctl["ioctl BLKDISCARD"] = of_ioctl["ioctl BLKSECDISCARD"] = of_ioctl["ioctl BLKZEROOUT"] = "w"
			of_ioctl["ioctl BLKFLSBUF"] = "s"
			for (i = split("ROSET RASET FRASET SECTSET BSZSET RRPART PG", word, " "); i; i--)
				of_ioctl["ioctl BLK" word[i]] = "i"
		}
		FILENAME == log_name { count[$2]--; next }
		{
			name = $0
			sub(/\(.*/, "", name)
			kind = ""
			if (index($0, "<" log_name ">") || index($0, "\"" log_name "\""))
				next
			if (name == "ioctl")
				name = name " " request()
			if (name in of_ioctl)
				kind = of_ioctl[name]
			else if (name ~ /^ioctl DM_/)
				kind = "i"
			else if (name ~ /^ioctl (BLK|LOOP_GET_STATUS64$)/)
				kind = "q"
			else if (name ~ /^p?read(64|v)?$/ && /^[a-z0-9]+\([0-9]+<[^>]*<block /)
				kind = "r"
			else if (name ~ /^p?write(64|v)?$/)
				kind = /^[a-z0-9]+\(([3-9]|[0-9][0-9]+)<\// ? "w" : "harmless"
			else if (name ~ /^(fsync|fdatasync)$/)
				kind = "s"
			else if (name == "flock")
				kind = "l"
			else if (name ~ /^sem/)
				kind = "e"
			else if (name ~ /^(rename|unlink|unlinkat|rmdir|mkdir|symlink|mknod|truncate|ftruncate|fchmod|utimensat)$/ || /O_CREAT/)
				kind = "f"
			if (kind)
				count[kind]++
			else if (!(name in is_harmless) && name ~ /^[a-z]/)
				unknown[name]
		}
		END {
			for (name in unknown)
				print name " is not known"
			for (kind in count)
				if (kind != "harmless" && count[kind])
					print count[kind] " of kind " kind " escaped"
		}' "$2" "$1"
}

HARMLESS="access arch_prctl bind brk clock_gettime clock_nanosleep clone clone3 close connect dup dup2 dup3 epoll_create1
	epoll_ctl epoll_wait eventfd2 execve exit exit_group faccessat faccessat2 fadvise64 fcntl fstat fstatfs futex
	getcwd getdents64 getegid geteuid getgid getpgrp getpid getppid getrandom getsockname gettid getuid kill
	lseek madvise mlock mlockall mmap mprotect mremap munlock munlockall munmap nanosleep newfstatat openat pipe2
	poll ppoll prctl pread64 prlimit64 read readlink readlinkat recvmsg recvfrom rseq rt_sigaction rt_sigprocmask
	rt_sigreturn sched_getaffinity sendmsg sendto set_robust_list set_tid_address setitimer setpriority getpriority
	setsockopt socket socketpair statfs statx sysinfo tgkill umask uname wait4 waitid"

# all_is_seen COMMAND...: and there is something to be seen.
all_is_seen() {
	local trace=$BATS_TEST_TMPDIR/trace log=$BATS_TEST_TMPDIR/log
	echo "$SECONDS s: $*"
	rm -f "$trace" "$log"
	strace -qq -yy -e signal=none -o "$trace" -E LD_PRELOAD="$SHIM" -E KILL_LOG="$log" -E KILL_OPS=iwslefrq "$@"
	expect_text "seen of $*" "$(escaped "$trace" "$log")" ""
	(($(wc -l <"$log") > 20))
}

# One after the other: what each finds is what those before it have made.
COMMANDS="svgcreate -q -s 64k VG D0 D1
	svcreate -q -L 1m -n base VG
	svcreate -q -s -L 1m -n snap VG/base
	svresize -q -L +64k VG/snap
	svresize -q -y -L 1m VG/snap
	svrename -q VG/base other
	svconvert -q -y --splitsnapshot VG/snap
	svconvert -q -y -s VG/other VG/snap
	svchange -q -an VG
	svpvchange -q -u D1
	svchange -q -ay VG
	svmerge -q VG/snap
	svremove -q -f VG/other
	svgsplit -q VG VGsplit D1
	svgmerge -q VG VGsplit
	svgremove -q VG"

@test "what changes anything or waits for anything is an event at which commands are killed" {
	skip_without strace
	local command commands
	commands=${COMMANDS//VG/"$VG"}
	commands=${commands//D0/"${DEVICES[0]}"}
	mapfile -t commands <<<"${commands//D1/"${DEVICES[1]}"}"
	for command in "${commands[@]}"; do
		# shellcheck disable=SC2086 # words
		all_is_seen $command
	done
}
