/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/name.h"
#include "model/snapshot.h"

static const char *repeat(char c, size_t count, char *text)
{
	memset(text, c, count);
	text[count] = 0;
	return text;
}

TEST("legal names pass, others are refused with a reason")
{
	static const char *const good[] = { "a", "vg0", "A+b_c.d-e", "...", "0", "_", "+", "a-" };
	static const char *const bad[] = {
		"", "-a", ".", "..", "a b", "a/b", "a\n", "ä", "a:b", "@a",
	};
	char text[NAME_LEN + 2];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		CHECK(name_is_legal(good[i]) && !name_refuse_vg(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		CHECK(!name_is_legal(bad[i]));
		CHECK(name_refuse_vg(bad[i]) != NULL);
		CHECK(name_refuse_lv("vg0", bad[i]) != NULL);
	}
	CHECK(name_is_legal(repeat('a', NAME_LEN, text)));
	CHECK(!name_is_legal(repeat('a', NAME_LEN + 1, text)));
}

TEST("names that LVM2 gives to volumes of its own are reserved")
{
	static const char *const reserved[] = {
		"snapshot", "snapshot0", "pvmove0", "a_cdata", "a_cmeta", "a_corig", "a_cpool",
		"a_cvol", "a_wcorig", "a_mimage_0", "a_mlog", "a_rimage_1", "a_rmeta_1", "a_tdata",
		"a_tmeta", "a_vdata", "a_imeta", "a_iorig", "lvol0_pmspare", "a_vorigin",
	};
	static const char *const allowed[] = { "a_cow", "mysnapshot", "a-real", "lvol0", "_data" };

	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
		CHECK(name_refuse_lv("vg0", reserved[i]) != NULL);
		CHECK(name_is_legal(reserved[i]));
	}
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		CHECK(!name_refuse_lv("vg0", allowed[i]));
}

TEST("a volume's name must fit the kernel with its group's, hyphens doubled, and -real")
{
	char text[NAME_LEN + 2];

	CHECK(!name_refuse_lv("vg0", repeat('a', 127 - 5 - 1 - 3, text)));
	CHECK(name_refuse_lv("vg0", repeat('a', 127 - 5 - 1 - 2, text)) != NULL);
	CHECK(!name_refuse_lv("v-0", repeat('a', 127 - 5 - 1 - 4, text)));
	CHECK(name_refuse_lv("v-0", repeat('a', 127 - 5 - 1 - 3, text)) != NULL);
	text[3] = '-';
	CHECK(name_refuse_lv("vg0", text) != NULL);
}

TEST("tags may have the characters that LVM2 allows")
{
	char text[1026];

	CHECK(!name_refuse_tag("aZ0_+.-/=!:&#"));
	CHECK(name_refuse_tag(UNFINISHED_TAG) != NULL);
	CHECK(name_refuse_tag("") != NULL);
	CHECK(name_refuse_tag("a b") != NULL);
	CHECK(name_refuse_tag("@a") != NULL);
	CHECK(!name_refuse_tag(repeat('a', 1024, text)));
	CHECK(name_refuse_tag(repeat('a', 1025, text)) != NULL);
}

TEST("operands are taken apart")
{
	static const struct {
		const char *operand, *vg, *lv;
	} rows[] = {
		{ "vg0", "vg0", "" },
		{ "vg0/base", "vg0", "base" },
		{ "vg0//base", "vg0", "base" },
		{ "/dev/vg0", "vg0", "" },
		{ "/dev/vg0/base", "vg0", "base" },
		{ "/dev//vg0/base", "vg0", "base" },
		{ "//dev/vg0/base", "vg0", "base" },
		{ "/dev/mapper/vg0-base", "vg0", "base" },
		{ "/dev/mapper/a--b-c--d", "a-b", "c-d" },
		{ "/dev/mapper/a-----b", "a--", "b" },
		{ "/dev/mapper/vg0-a--", "vg0", "a-" },
		{ "dev/base", "dev", "base" },
		{ "mapper/vg0-base", "mapper", "vg0-base" },
	};
	char vg[NAME_LEN + 1], lv[NAME_LEN + 1];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		CHECK_INT(name_split(rows[i].operand, "/dev", vg, lv), 0);
		CHECK_TEXT(vg, rows[i].vg);
		CHECK_TEXT(lv, rows[i].lv);
	}
	CHECK_INT(name_split("/somewhere/dev/vg0/base", "/somewhere/dev/", vg, lv), 0);
	CHECK_TEXT(lv, "base");
	CHECK_INT(name_split("vg0/home", NULL, vg, lv), 0);
	CHECK_TEXT(lv, "home");
}

TEST("what names neither a group nor a volume is refused and nothing is written")
{
	static const char *const rows[] = {
		"", "/", "/dev", "/dev/", "vg0/", "vg0//", "/dev/vg0/",
		"vg0/base/", "vg0/base/x", "-vg0/base", "vg0/-base",
		"/home/vg0", "/devices/vg0", "/dev/mapper", "/dev/mapper/", "/dev/mapper/control",
		"/dev/mapper/vg0-base-real", "/dev/mapper/vg0-", "/dev/mapper/-base",
		"/dev/mapper/a b-c", "vg0/..",
	};
	char vg[NAME_LEN + 1] = "x", lv[NAME_LEN + 1] = "y";
	char text[2 * NAME_LEN + 32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CHECK_INT(name_split(rows[i], "/dev", vg, lv), -EINVAL);
	CHECK_INT(name_split("/vg0", "/", vg, lv), -EINVAL);
	repeat('a', NAME_LEN + 1, text);
	CHECK_INT(name_split(text, "/dev", vg, lv), -EINVAL);
	snprintf(text, sizeof(text), "/dev/mapper/%0128d-base", 0);
	CHECK_INT(name_split(text, "/dev", vg, lv), -EINVAL);
	CHECK_TEXT(vg, "x");
	CHECK_TEXT(lv, "y");
}

TEST("made-up names are numbered above the highest")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);

	CHECK_TEXT(name_generate_lv(vg), "lvol0");
	CHECK_TEXT(name_generate_descriptor(vg), "snapshot0");
	group_linear(vg, "lvol7", 0, 0, 1);
	group_linear(vg, "lvol2", 0, 1, 1);
	group_linear(vg, "lvol9_x", 0, 2, 1);
	group_linear(vg, "lvol", 0, 3, 1);
	group_linear(vg, "snapshot3", 0, 4, 1);
	CHECK_TEXT(name_generate_lv(vg), "lvol8");
	CHECK_TEXT(name_generate_descriptor(vg), "snapshot4");
	snapshot_attach(vg_find_lv(vg, "lvol7"), vg_find_lv(vg, "lvol2"), 8)->name = "snapshot11";
	CHECK_TEXT(name_generate_descriptor(vg), "snapshot12");
	vg_find_lv(vg, "lvol")->name = "lvol18446744073709551615";
	CHECK_TEXT(name_generate_lv(vg), "lvol8");
}

TEST_MAIN
