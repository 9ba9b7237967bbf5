#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
#	tour.bash SECTION FILE DISK...
#
# Do what a text shows: SECTION "README" is the tour of FILE, any other is a section of the manual page
# FILE.  Lines that begin with "# " are commands, what stands below one is what it says; if nothing
# stands there, that is not looked at.  The disks stand for /dev/sdb and those behind it, and what no
# two runs have in common (times, device numbers, percentages) is not compared.

set -u
section=$1 file=$2
shift 2
disks=("$@")
trap 'rm -f "$said"' EXIT
said=$(mktemp) || exit

# The lines of commands and of what they say.
shown() {
	if [[ $section == README ]]; then
		sed -n '/^A tour$/,/^How it differs/s/^    //p' "$file"
	else
		awk -v section="$section" '
			/^\.Sh / { here = substr($0, 5) == section }
			/^\.Bd -literal/ && here { literal = 1; next }
			/^\.Ed/ { literal = 0 }
			literal { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }' "$file"
	fi
}

# Disks by their names here.
translated() {
	local i line=$1 letters=bcdefgh
	for ((i = 0; i < ${#disks[@]}; i++)); do
		line=${line//"/dev/sd${letters:i:1}"/${disks[i]}}
	done
	printf '%s\n' "$line"
}

comparable() {
	sed -E 's/[0-9.]+ ms$/N ms/; s/ [0-9]+:[0-9]+ / M:N /; s/ +$//; s/ [0-9]+\.[0-9]{2}$/ P/'
}

# What the command before has said is what the text shows.
compare() {
	[[ $expected ]] || return 0
	diff <(comparable <<<"${expected%$'\n'}") <(comparable <"$said") && return
	echo "$file: so \"$command\" does not speak" >&2
	exit 1
}

do_command() {
	echo "# $command"
	eval "$command" >"$said" 2>&1 </dev/null
	status=$?
	cat "$said"
	((status == 0)) && return
	echo "$file: status $status: $command" >&2
	exit 1
}

command='' expected='' count=0
while IFS= read -r line; do
	line=$(translated "$line")
	case $line in
	'# '*)
		compare
		command=${line#??} expected='' count=$((count + 1))
		do_command
		;;
	*) expected+=$line$'\n' ;;
	esac
done < <(shown)
compare
((count)) || {
	echo "$file: shows nothing in $section" >&2
	exit 1
}
