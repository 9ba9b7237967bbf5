# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Counting results: TAP of bats files, and the .trs files that automake's test drivers leave.
# All counts add up in passed, failed and skipped; what failed is printed as it is met.

passed=0 failed=0 skipped=0

# tally_tap NAME TAP-FILE STATUS [WHEN]: STATUS is that of bats, or the word for what ended it early; WHEN
# is said with the counts.
tally_tap() {
	local name=$1 file=$2 status=$3 when=${4-} line points=0 bad=0 plan='' show=no
	local p=$passed f=$failed s=$skipped
	[[ -e $file ]] || : >"$file"
	while IFS= read -r line; do
		case $line in
		1..*) plan=${line#1..} ;;
		'ok '*' # skip'*) points=$((points + 1)) skipped=$((skipped + 1)) show=no ;;
		'ok '*) points=$((points + 1)) passed=$((passed + 1)) show=no ;;
		'not ok '*)
			points=$((points + 1)) failed=$((failed + 1)) bad=$((bad + 1)) show=yes
			printf '%s: %s\n' "$name" "$line"
			;;
		*) [[ $show == no ]] || printf '%s\n' "$line" ;;
		esac
	done <"$file"
	tally_missing "$name" "$file" "$status" "$points" "$bad" "$plan"
	printf '%s: %d passed, %d failed, %d skipped%s\n' "$name" \
		$((passed - p)) $((failed - f)) $((skipped - s)) "${when:+ $when}"
}

# Tests that were announced and not reported have failed; so has a file that announces none.
tally_missing() {
	local name=$1 file=$2 status=$3 points=$4 bad=$5 plan=$6 i
	for ((i = points + 1; i <= ${plan:-0}; i++)); do
		failed=$((failed + 1)) bad=$((bad + 1))
		echo "$name: not ok $i - was not finished ($status)"
	done
	[[ $status != 0 || -z $plan ]] || return 0
	((bad == 0)) || return 0
	failed=$((failed + 1))
	echo "$name: not ok - the file as a whole ($status)"
	sed 's/^/# /' "${file%.tap}.err" 2>/dev/null
}

# tally_json DIRECTORY BUILD: what commands printed as JSON is held against the schema; one test, if any did.
tally_json() {
	local said
	[[ -n $(compgen -G "$1/*.json") ]] || return 0
	if ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
		skipped=$((skipped + 1))
	elif said=$("${BASH_SOURCE[0]%/*}/../json-check" "$2/conf/report.schema.json" "$1" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'JSON: not ok - does not fit the schema\n%s\n' "$said"
	fi
}

# tally_trs DIRECTORY: one result for each test point, or for each program that has no points.
tally_trs() {
	local file line any=no
	while IFS= read -r -d '' file; do
		any=yes
		tally_trs_file "$file"
	done < <(find "$1" -name '*.trs' -print0)
	[[ $any == yes ]] && return
	failed=$((failed + 1))
	echo "$1: not ok - no results of make check here"
}

tally_trs_file() {
	local result rest
	while read -r result rest; do
		[[ $result == :test-result: ]] || continue
		case $rest in
		PASS* | XFAIL*) passed=$((passed + 1)) ;;
		SKIP*) skipped=$((skipped + 1)) ;;
		*)
			failed=$((failed + 1))
			echo "${1%.trs}: $rest"
			;;
		esac
	done <"$1"
}

# The one line that ends a run; fails unless something passed and nothing failed.
tally_total() {
	((passed + failed > 0)) || {
		echo "no test was run"
		failed=1
	}
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}
