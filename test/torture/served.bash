# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs that are asked for thousands of times, of which each is loaded only once (served.c).
#
#	serve NAME PROGRAM	from now on PROGRAM is there.  Needs WORK, a directory, and SERVED, served.so.  It has the
#				environment of that moment
#	ask NAME SECONDS ARGV...	what "timeout SECONDS PROGRAM" would do, argv[0] being the first of ARGV, but
#				without a standard input.  A file that its output goes to must be open for appending if
#				anybody else writes there

declare -A SERVED_OUT=() SERVED_IN=()

serve() {
	local to from fifo=$WORK/served.$1
	[[ -r $SERVED ]] && mkfifo "$fifo.to" "$fifo.from" || return
	SERVED_FROM=$fifo.to SERVED_TO=$fifo.from LD_PRELOAD=$SERVED LD_BIND_NOW=1 "$2" </dev/null >/dev/null 2>&1 &
	disown
	exec {to}<>"$fifo.to" {from}<>"$fifo.from"
	SERVED_OUT[$1]=$to SERVED_IN[$1]=$from
}

# The output is opened by who is asked, while that of printf is something else.  Whose answer does not come, so that it
# could be taken for another's later, ends all.
ask() {
	local status
	{
		printf '%s\0' $(($# + 1)) "$2" "/proc/$BASHPID/fd/8" "/proc/$BASHPID/fd/9" "${@:3}" >&"${SERVED_OUT[$1]}"
		if ! read -r -t $(($2 + 20)) status <&"${SERVED_IN[$1]}"; then
			echo "$1 does not answer: ${*:3}" >&2
			kill -TERM $$
		fi
	} 8>&1 9>&2
	return "$status"
}
