# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compares two files of "DEVICE SLOTS FRESH REST" lines.  What is "-" is being written to.  Volumes in "skip", and the
# devices in "invalid", are not looked at; of those in "instant" only the rest is, as they show an instant of the
# writer's work.

function is_other(one, two) {
	return one != two && one != "-" && two != "-"
}

BEGIN {
	count = split(skip, word, " ")
	for (i = 1; i <= count; i++)
		skipped["/dev/mapper/" vg "-" word[i]] = 1
	for (i = split(invalid, word, " "); i; i--)
		skipped["/dev/mapper/" word[i]] = 1
	for (i = split(instant, word, " "); i; i--)
		shows_instant["/dev/mapper/" vg "-" word[i]] = 1
}

$1 in skipped { next }

NR == FNR { slots[$1] = $2; fresh[$1] = $3; rest[$1] = $4; next }

!($1 in rest) { print $1 " is there"; next }

{
	seen[$1] = 1
	if (rest[$1] != $4)
		print $1 " has other contents"
	else if (!($1 in shows_instant) && is_other(slots[$1], $2))
		print $1 " has another beginning"
	else if (!($1 in shows_instant) && is_other(fresh[$1], $3))
		print $1 " has other contents behind that"
}

END {
	for (name in rest)
		if (!(name in seen))
			print name " is not there"
}
