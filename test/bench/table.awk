# SPDX-License-Identifier: GPL-2.0-or-later
#
# The table of medians.  Input: lines "OPERATION TOOL MICROSECONDS"; ORDER: operations in the order of
# their rows, each with its title, "operation=title;operation=title".

function median(key,	n, i, j, t) {
	n = count[key]
	if (!n)
		return -1
	for (i = 1; i <= n; i++)
		sorted[i] = time[key, i]
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && sorted[j] < sorted[j - 1]; j--) {
			t = sorted[j]
			sorted[j] = sorted[j - 1]
			sorted[j - 1] = t
		}
	return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function milliseconds(us) {
	return us < 0 ? "-" : sprintf("%.1f", us / 1000)
}

function ratio(a, b) {
	return a < 0 || b <= 0 ? "-" : sprintf("%.2f", a / b)
}

{
	key = $1 SUBSEP $2
	time[key, ++count[key]] = $3 + 0
}

END {
	printf "%-36s %10s %10s %10s %13s %13s\n", "median, ms", "snapvol", "LVM2", "bare",
	       "snapvol/bare", "LVM2/snapvol"
	rows = split(ORDER, row, ";")
	for (r = 1; r <= rows; r++) {
		split(row[r], part, "=")
		own = median(part[1] SUBSEP "snapvol")
		lvm2 = median(part[1] SUBSEP "lvm2")
		bare = median(part[1] SUBSEP "bare")
		printf "%-36s %10s %10s %10s %13s %13s\n", part[2], milliseconds(own),
		       milliseconds(lvm2), milliseconds(bare), ratio(own, bare), ratio(lvm2, own)
	}
}
