# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the lints share: each says "lint_begin N", then "lint_point NAME OFFENCES" N times, and the
# offences (one a line, none for a point that holds) become comments.

cd "${top_srcdir:-$(dirname "$0")/../..}" || exit 1
lint_number=0

lint_begin() {
	echo "1..$1"
}

lint_skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

lint_point() {
	lint_number=$((lint_number + 1))
	if [ -z "$2" ]; then
		echo "ok $lint_number - $1"
	else
		printf '%s\n' "$2" | sed 's/^/# /'
		echo "not ok $lint_number - $1"
	fi
}

# The files below these folders: what git knows or would add, or all that a tarball has.
lint_files() {
	if [ -e .git ] && command -v git >/dev/null; then
		git ls-files --cached --others --exclude-standard -- "$@"
	else
		find "$@" -name .git -prune -o -type f -print 2>/dev/null
	fi | while IFS= read -r lint_file; do
		[ ! -f "$lint_file" ] || printf '%s\n' "$lint_file"
	done
}
