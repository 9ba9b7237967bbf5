# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cut the power at the writes of each transition (cuts.bash).
#
#	cut.bash [--step N] [--seed N] [TRANSITION...]
#
# For guests only.  Needs snapvol's links and the programs of this directory on PATH, and VG.
# Writes "TRANSITION KIND TRIED SURVIVED" lines to RESULTS and what did not survive to stderr.  KINDS:
#
# cut			all that was written before is there
# cut_and_lost		what was durable is there, and any part of the rest
# in_pieces		a merge, cut fifty times
#
# and passes over transitions that have been in DONE, a file, if it is set, and those that another guest was first to
# make a directory for in CLAIMS, if that is set.
#
# With REBOOTS, a number, so many states of each transition are kept in KEPT for machines that are started
# with them.

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
# shellcheck source=test/torture/transitions.bash
. "$here/transitions.bash"
# shellcheck source=test/torture/cuts.bash
. "$here/cuts.bash"

step=1 seed=0 names=() PIECES=50
RESULTS=${RESULTS:-/dev/stdout} REBOOTS=${REBOOTS:-0}

while (($#)); do
	case $1 in
	--step) step=$2 && shift ;;
	--seed) seed=$2 && shift ;;
	*) names+=("$1") ;;
	esac
	shift
done
((${#names[@]})) || mapfile -t names < <(list_transitions)

# What is to be seen of a failure is on stderr already.
cut_one() {
	local name=$1
	if ! record "$name"; then
		echo "$name: could not be recorded" >&2
		echo "$name setup 1 0"
		cuts_end
		cuts_begin "$CUTS"
		return
	fi
	try_cuts "$name" "$step" "$seed" 0
	try_cuts "$name" "$step" $((seed + 1)) $((seed + 1))
	((REBOOTS == 0)) || keep_cuts "$name" "$REBOOTS" "$KEPT" || echo "$name reboot 1 0"
	[[ $name != merge ]] || merge_in_pieces "$PIECES" "$seed" || echo "merge in_pieces $PIECES 0"
}

# Done before, or another guest's.
is_taken() {
	[[ -z ${DONE-} ]] || ! grep -q "^$1 cut_and_lost " "$DONE" || return 0
	[[ -n ${CLAIMS-} ]] && ! mkdir "$CLAIMS/cut.$1" 2>/dev/null
}

cuts_begin "$(mktemp -d "${TMPDIR:-/tmp}/cuts.XXXXXX")"
for name in "${names[@]}"; do
	is_taken "$name" && continue
	cut_one "$name" >"$CUTS.results"
	cat "$CUTS.results" >>"$RESULTS"
done
cuts_end
