# SPDX-License-Identifier: GPL-2.0-or-later
#
# "TRANSITION KIND TRIED SURVIVED" lines as a table, a row a transition and a column a kind: how many were tried, and
# where not all survived, "SURVIVED of TRIED"; ends with status 1 unless everything survived.

{
	if (!($1 in row)) {
		row[$1] = ++rows
		name[rows] = $1
	}
	if (!($2 in column)) {
		column[$2] = ++columns
		kind[columns] = $2
		width[columns] = length($2) < 6 ? 6 : length($2)
	}
	tried[$1, $2] += $3
	survived[$1, $2] += $4
	all[$2] += $3
	good[$2] += $4
}

function cell(c, text) {
	printf " %" width[c] "s", text
}

function count(good, all) {
	return !all ? "-" : good == all ? all : good " of " all
}

END {
	printf "%-22s", "tried and survived"
	for (c = 1; c <= columns; c++)
		cell(c, kind[c])
	print ""
	for (r = 1; r <= rows; r++) {
		printf "%-22s", name[r]
		for (c = 1; c <= columns; c++)
			cell(c, count(survived[name[r], kind[c]], tried[name[r], kind[c]]))
		print ""
	}
	printf "%-22s", "all"
	for (c = 1; c <= columns; c++) {
		cell(c, count(good[kind[c]], all[kind[c]]))
		bad += all[kind[c]] - good[kind[c]]
		any += all[kind[c]]
	}
	print ""
	exit !any || bad
}
