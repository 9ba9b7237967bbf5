#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the program says of itself, and what is made out of that.  No devices needed.

bats_require_minimum_version 1.5.0

load ../bats/lib

teardown() {
	:
}

setup() {
	tools=$(dirname "$(command -v snapvol)")
	man=$tools/../man
	source=$BATS_TEST_DIRNAME/../..
}

# described KIND COLUMN: that column of all lines of a kind.
described() {
	snapvol describe | awk -F'\t' -v kind="$1" -v column="$2" '$1 == kind { print $column }'
}

@test "every command has its link, and no other link exists" {
	expect_text links "$(ls "$tools/links")" "$(described applet 2 | sort)"
}

@test "every command has its manual page, and no other page exists" {
	pages=$(cd "$source/man" && printf '%s\n' *.8.in | sed 's/\.8\.in$//' | grep -vx snapvol)
	expect_text pages "$pages" "$(described applet 2 | sort)"
}

@test "a manual page has a heading, and a place for the options if the command has any of its own" {
	for command in $(described applet 2); do
		grep -q "^\.Nd ..*" "$source/man/$command.8.in"
		[[ $'\n'$(described option 2)$'\n' != *$'\n'$command$'\n'* ]] ||
			grep -q "^@OPTIONS $command@$" "$source/man/$command.8.in"
	done
}

@test "mandoc has nothing to say against the manual pages" {
	skip_without mandoc
	for page in "$man"/*.[578]; do
		expect_text "mandoc -T lint $page" \
			"$(mandoc -T lint "$page" 2>/dev/null | grep -v 'referenced manual not found')" ""
	done
}

@test "manual pages refer to pages that exist" {
	while read -r _ page section _; do
		[[ $page != sv* && $page != snapvol* ]] || [[ -e $man/$page.$section ]]
	done < <(grep -h '^\.Xr' "$man"/*.[578])
}

@test "every setting is in snapvol.conf's manual page" {
	for setting in $(described setting 2); do
		grep -q "^\.It Cm $setting " "$man/snapvol.conf.5"
	done
}

@test "snapvol.conf is what the program prints" {
	diff <(SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/none snapvol config) "$source/conf/snapvol.conf"
}

@test "the printed settings are understood as a file" {
	snapvol config >"$BATS_TEST_TMPDIR/conf"
	SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf snapvol config --type diff >"$BATS_TEST_TMPDIR/diff"
	expect_text differences "$(grep '=' "$BATS_TEST_TMPDIR/diff" || true)" ""
}

@test "every option and field has a help text" {
	snapvol describe | awk -F'\t' '
		$1 == "option" && ($6 == "-" || NF != 6) { print; bad = 1 }
		$1 == "field" && ($5 == "-" || NF != 6) { print; bad = 1 }
		$1 == "setting" && ($4 == "-" || NF != 4) { print; bad = 1 }
		END { exit bad }'
}

@test "no command has a letter or a name twice, or one that all commands have" {
	snapvol describe | awk -F'\t' '
		$1 != "option" { next }
		$2 == "-" { common[$3] = common[$4] = 1; next }
		seen[$2 " " $4]++ { print; bad = 1 }
		$3 != "-" && seen[$2 " -" $3]++ { print; bad = 1 }
		{ letter[NR] = $3; name[NR] = $4; line[NR] = $0 }
		END {
			for (i in line)
				if ((letter[i] != "-" && letter[i] in common) || name[i] in common) {
					print line[i]
					bad = 1
				}
			exit bad
		}'
}

@test "--help of every command goes to standard output and names each of its options" {
	for command in $(described applet 2); do
		run -0 "$tools/links/$command" --help
		[[ ${lines[0]} == "Usage: $command "* ]]
		for option in $(snapvol describe |
			awk -F'\t' -v command="$command" '$1 == "option" && $2 == command { print $4 }'); do
			[[ $output == *"--$option"* ]]
		done
	done
}

@test "--help gives a letter to one option only" {
	for command in $(described applet 2); do
		expect_text "letters of $command" \
			"$("$tools/links/$command" --help | sed -n 's/^  -\(.\), --.*/\1/p' | sort | uniq -d)" ""
	done
	"$tools/links/svgcfgrestore" --help | grep -q '^  -f, --file='
	"$tools/links/svgcfgrestore" --help | grep -q '^      --force '
}

@test "commands answer to their own names, as first words, and to LVM2's names" {
	for name in svs lvs; do
		ln -s "$tools/snapvol" "$BATS_TEST_TMPDIR/$name"
		run -0 "$BATS_TEST_TMPDIR/$name" --help
		[[ ${lines[0]} == "Usage: svs "* ]]
		run -0 snapvol "$name" --help
		[[ ${lines[0]} == "Usage: svs "* ]]
	done
	run -0 snapvol pvs --help
	[[ ${lines[0]} == "Usage: svpvs "* ]]
	run -0 snapvol vgdisplay --help
	[[ ${lines[0]} == "Usage: svgdisplay "* ]]
}

@test "an unknown command is status 2, an unknown option 3, both on standard error" {
	run -2 --separate-stderr snapvol svfoo
	expect_text output "$output" ""
	expect_text stderr "$stderr" "svfoo: no such command"
	run -3 --separate-stderr snapvol svs --foo
	expect_text output "$output" ""
	expect_text stderr "$stderr" "svs: --foo: no such option"
	run -2 snapvol
}

@test "--version has the line that programs look for" {
	run -0 snapvol svgs --version
	[[ ${lines[0]} == "snapvol "* ]]
	grep -qE '^  LVM version: +[0-9]+\.[0-9]+\.[0-9]+' <<<"$output"
}

@test "output that cannot be written is a failure" {
	run -5 --separate-stderr bash -c 'snapvol config >/dev/full'
	[[ $stderr == "standard output: "* ]]
	run -5 --separate-stderr bash -c 'snapvol config >&-'
	[[ $stderr == "standard output: "* ]]
}

@test "closed descriptors do no harm" {
	expect_text settings "$(snapvol config <&- 2>&- | head -1)" "activation {"
}

@test "completion offers commands, options, choices and fields" {
	expect_text commands "$(snapvol complete -- svpv | sort | tr '\n' ' ')" \
		"svpvchange svpvcreate svpvdisplay svpvremove svpvresize svpvs svpvscan "
	expect_text options "$(snapvol complete -- svs --rep)" "--reportformat"
	expect_text choices "$(snapvol complete -- svs --reportformat json | tr '\n' ' ')" "json json_std "
	expect_text fields "$(snapvol complete -- svs -o lv_name,lv_si)" "lv_name,lv_size"
	expect_text "fields behind +" "$(snapvol complete -- svs -o +snap_st)" "+snap_state"
}

@test "the completion script completes" {
	run -0 --separate-stderr bash -c 'PATH=$1/links:$1:$PATH && . "$2/conf/bash-completion"
		complete_line() {
			COMP_LINE=$1 COMP_POINT=${#1}
			_snapvol "${1%% *}" "$2"
			echo "${COMPREPLY[@]}"
		}
		complete_line "svs --nosu" --nosu
		complete_line "snapvol svg" svg
		complete_line "svs --reportformat=js" js
		complete_line "svs -o lv_name,lv_ti" lv_name,lv_ti 2>/dev/null' bash "$tools" "$source"
	expect_text stderr "$stderr" ""
	expect_text "an option" "${lines[0]}" "--nosuffix"
	[[ ${lines[1]} == svg*' svgs '* ]]
	expect_text "values behind =" "${lines[2]}" "json json_std"
	[[ " ${lines[3]} " == *" lv_name,lv_time "* ]]
}
