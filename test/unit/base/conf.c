/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"

static char *printed(const struct conf *conf, enum conf_print what)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	CHECK_INT(conf_print(conf, file, what), 0);
	fclose(file);
	return text;
}

TEST("every setting has a section, a name, a default of its kind and a help")
{
	AUTO(conf) struct conf *conf = conf_new();
	const struct setting *setting, *other;

	CHECK(conf != NULL);
	for (setting = conf_settings(); setting->path; setting++) {
		const char *slash = strchr(setting->path, '/');

		CHECK(slash && slash > setting->path && slash[1] && !strchr(slash + 1, '/'));
		CHECK(setting->help && *setting->help);
		for (other = conf_settings(); other != setting; other++)
			CHECK(strcmp(other->path, setting->path) != 0);
	}
}

/* conf_print() opens a section where the name changes. */
TEST("settings of one section stand together")
{
	const struct setting *setting, *before;
	size_t len;

	for (setting = conf_settings() + 1; setting->path; setting++) {
		len = strcspn(setting->path, "/") + 1;
		if (!strncmp(setting[-1].path, setting->path, len))
			continue;
		for (before = conf_settings(); before != setting; before++)
			CHECK(strncmp(before->path, setting->path, len) != 0);
	}
}

TEST("a list without a default is not set, which is not the same as empty")
{
	static const char list[] = "activation/volume_list";
	AUTO(conf) struct conf *conf = conf_new();
	AUTO_FREE char *preset = printed(conf, CONF_DEFAULT), *full = printed(conf, CONF_CURRENT);

	CHECK(!conf_is_set(conf, list));
	CHECK(!conf_list_item(conf, list, 0));
	CHECK(strstr(preset, "# volume_list: not set"));
	CHECK(!strstr(full, "volume_list"));
	CHECK_INT(conf_override(conf, "activation/volume_list=[]"), 0);
	CHECK(conf_is_set(conf, list));
	CHECK(!conf_list_item(conf, list, 0));
}

TEST("without a file, or with one that says nothing, the defaults hold")
{
	AUTO(conf) struct conf *conf = conf_new();
	char path[SCRATCH_TEXT];
	struct scratch scratch;

	scratch_init(&scratch);
	scratch_file(&scratch, "empty", "");
	scratch_file(&scratch, "comment", "# nothing\n\n");
	CHECK_INT(conf_load(conf, scratch_path(&scratch, "empty", path)), 1);
	CHECK_INT(conf_load(conf, scratch_path(&scratch, "comment", path)), 1);
	scratch_release(&scratch);

	CHECK_INT(conf_load(conf, "/nonexistent/snapvol.conf"), 0);
	CHECK(conf_bool(conf, "activation/udev_sync"));
	CHECK(!conf_bool(conf, "devices/scan_lvs"));
	CHECK_INT(conf_number(conf, "allocation/physical_extent_size"), 4096);
	CHECK_TEXT(conf_text(conf, "global/locking_dir"), "/run/lock/lvm");
	CHECK_TEXT(conf_text(conf, "local/system_id"), "");
	CHECK_TEXT(conf_text(conf, "report/separator"), " ");
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 0), NULL);
}

TEST("the file comes before the defaults, and what is given later before both")
{
	AUTO(conf) struct conf *conf = conf_new();
	struct scratch scratch;
	char path[SCRATCH_TEXT];

	scratch_init(&scratch);
	scratch_file(&scratch, "conf",
		     "# ours\nglobal { lock_timeout = 7 }\nlocal {\n\tsystem_id = \"a\"\n}\n"
		     "devices { filter = [ \"a|sda|\", 'r|.*|' ] }\n");
	CHECK_INT(conf_load(conf, scratch_path(&scratch, "conf", path)), 1);
	CHECK_INT(conf_number(conf, "global/lock_timeout"), 7);
	CHECK(!conf_is_overridden(conf, "global/lock_timeout"));
	CHECK_INT(conf_override(conf, "global/lock_timeout=8 devices { scan_lvs = 1 }"), 0);
	CHECK_INT(conf_number(conf, "global/lock_timeout"), 8);
	CHECK(conf_is_overridden(conf, "global/lock_timeout"));
	CHECK(!conf_is_overridden(conf, "local/system_id"));
	CHECK_INT(conf_limit_ms(conf, "global/lock_timeout"), 8000);
	CHECK_INT(conf_override(conf, "global/lock_timeout=4294968"), 0);
	CHECK(conf_limit_ms(conf, "global/lock_timeout") == UINT32_MAX);
	CHECK(conf_bool(conf, "devices/scan_lvs"));
	CHECK_TEXT(conf_text(conf, "local/system_id"), "a");
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 0), "a|sda|");
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 1), "r|.*|");
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 2), NULL);
	CHECK_INT(conf_override(conf, "devices/filter=[]"), 0);
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 0), NULL);
	CHECK_INT(conf_override(conf, "devices/filter=\"a|.*|\""), 0);
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 0), "a|.*|");
	scratch_release(&scratch);
}

TEST("what is no setting, or not its kind, is refused by name and changes nothing")
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "global=1", "--config: no such setting: global\n" },
		{ "global=1 global { lock_timeout=\"x\" }", "--config: no such setting: global\n" },
		{ "global { lock_timeout { x = 1 } }",
		  "--config: wrong kind of value for global/lock_timeout\n" },
		{ "global/lock_timeout=-1",
		  "--config: wrong kind of value for global/lock_timeout\n" },
		{ "global/lock_timeout=4294967296",
		  "--config: wrong kind of value for global/lock_timeout\n" },
		{ "global/lock_timeout=1.5",
		  "--config: wrong kind of value for global/lock_timeout\n" },
		{ "global/lock_timeout=\"1\"",
		  "--config: wrong kind of value for global/lock_timeout\n" },
		{ "global/lock_timeout=[1, 2]",
		  "--config: wrong kind of value for global/lock_timeout\n" },
		{ "devices/scan_lvs=2", "--config: wrong kind of value for devices/scan_lvs\n" },
		{ "devices/filter=[1]", "--config: wrong kind of value for devices/filter\n" },
		{ "local/system_id=5", "--config: wrong kind of value for local/system_id\n" },
		{ "local/system_id=\"x", "--config: a string that is never closed at byte 17\n" },
	};
	AUTO(conf) struct conf *conf = conf_new();
	AUTO_FREE char *before = printed(conf, CONF_CURRENT);
	AUTO_FREE char *after = NULL;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tap_log_capture();
		CHECK(conf_override(conf, rows[i].text) < 0);
		CHECK_TEXT(tap_log_text(), rows[i].message);
	}
	after = printed(conf, CONF_CURRENT);
	CHECK_TEXT(after, before);
}

TEST("a setting nobody knows is passed over on the command line and refused in a file")
{
	static const char *const rows[][2] = {
		{ "activation { retry_deactivation = 1 }", "activation/retry_deactivation" },
		{ "shell { history_size = 7 }", "shell" },
		{ "nonsense = 1", "nonsense" },
		{ "global/etc/x = 1 global { }", NULL },
	};
	AUTO(conf) struct conf *conf = conf_new();
	AUTO_FREE char *before = printed(conf, CONF_CURRENT);
	AUTO_FREE char *after = NULL;
	struct scratch scratch;
	char path[SCRATCH_TEXT], line[128];

	scratch_init(&scratch);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tap_log_capture();
		CHECK(!conf_override(conf, rows[i][0]) == !!rows[i][1]);
		if (!rows[i][1])
			continue;
		snprintf(line, sizeof(line), "--config: no such setting, ignored: %s\n",
			 rows[i][1]);
		CHECK_TEXT(tap_log_text(), line);
		scratch_file(&scratch, "conf", rows[i][0]);
		CHECK_INT(conf_load(conf, scratch_path(&scratch, "conf", path)), -EINVAL);
	}
	after = printed(conf, CONF_CURRENT);
	CHECK_TEXT(after, before);
	CHECK_INT(conf_override(conf, "shell { history_size = 7 } global { lock_timeout = 5 }"), 0);
	CHECK_INT((int)conf_number(conf, "global/lock_timeout"), 5);
	scratch_release(&scratch);
}

TEST("text that is not in the syntax is refused with its line")
{
	AUTO(conf) struct conf *conf = conf_new();

	tap_log_capture();
	CHECK_INT(conf_override(conf, "global {\n lock_timeout = }"), -EINVAL);
	CHECK(strstr(tap_log_text(), "line 2"));
	CHECK(strstr(tap_log_text(), "--config: not in the syntax of settings (Parse error at byte ") == tap_log_text());
	CHECK_INT(conf_override(conf, "global/lock_timeout=99999999999999999999"), -EINVAL);
}

TEST("a file that cannot be read or is no text is an error")
{
	AUTO(conf) struct conf *conf = conf_new();
	struct scratch scratch;
	char path[SCRATCH_TEXT];

	tap_log_capture();
	scratch_init(&scratch);
	CHECK_INT(conf_load(conf, scratch.path), -EINVAL);
	CHECK(strstr(tap_log_text(), ": cannot read: "));
	scratch_file(&scratch, "conf", "global/lock_timeout=");
	CHECK_INT(conf_load(conf, scratch_path(&scratch, "conf", path)), -EINVAL);
	scratch_release(&scratch);
}

TEST("there is an end to the settings that can be put one above the other")
{
	AUTO(conf) struct conf *conf = conf_new();
	int r = 0;

	tap_log_capture();
	for (unsigned i = 0; i < 100 && !r; i++)
		r = conf_override(conf, "global/lock_timeout=1");
	CHECK_INT(r, -E2BIG);
	CHECK_INT(conf_number(conf, "global/lock_timeout"), 1);
}

TEST("the defaults as they are printed are settings that differ in nothing")
{
	AUTO(conf) struct conf *conf = conf_new();
	AUTO_FREE char *defaults = printed(conf, CONF_DEFAULT);
	AUTO_FREE char *diff = NULL;

	CHECK_INT(conf_override(conf, defaults), 0);
	diff = printed(conf, CONF_DIFF);
	CHECK_TEXT(diff, "");
	for (const struct setting *setting = conf_settings(); setting->path; setting++)
		CHECK(strstr(defaults, setting->help));
}

TEST("what differs is printed so that it can be read again")
{
	AUTO(conf) struct conf *conf = conf_new(), *again = conf_new();
	AUTO_FREE char *diff = NULL, *second = NULL;

	CHECK_INT(conf_override(conf, "local/system_id=\"a \\\"b\\\" \\\\ c\" global/units=r "
				      "devices { only=[\"x\", 'y\"'] scan_lvs=1 }"),
		  0);
	diff = printed(conf, CONF_DIFF);
	CHECK_TEXT(diff, "devices {\n\tonly = [\"x\", \"y\\\"\"]\n\tscan_lvs = 1\n}\n\n"
			 "local {\n\tsystem_id = \"a \\\"b\\\" \\\\ c\"\n}\n");
	CHECK_INT(conf_override(again, diff), 0);
	second = printed(again, CONF_DIFF);
	CHECK_TEXT(second, diff);
	CHECK_TEXT(conf_text(again, "local/system_id"), "a \"b\" \\ c");
}

TEST_MAIN

TEST("LVM2's files are read by the same table, below ours; what is not in it is LVM2's business")
{
	AUTO(conf) struct conf *conf = conf_new(), *none = conf_new();
	struct scratch scratch;
	char path[SCRATCH_TEXT], copies[320];

	scratch_init(&scratch);
	scratch_file(&scratch, "lvm.conf",
		     "config { checks = 1 }\nbackup { retain_min = 3 archive = 0 }\n"
		     "devices {\n\tfilter = \"r|sdb|\"\n\thints = \"none\"\n\tscan_lvs = \"x\"\n}\n"
		     "global { system_id_source = \"lvmlocal\" lock_timeout = 8 }\n");
	scratch_file(&scratch, "lvmlocal.conf", "local { system_id = \"here\" }\n");
	scratch_file(&scratch, "conf", "backup { retain_min = 4 }\n");
	CHECK_INT(conf_load_lvm2(conf, scratch.path), 0);
	CHECK_INT(conf_load(conf, scratch_path(&scratch, "conf", path)), 1);
	CHECK_INT(conf_override(conf, "global/lock_timeout=9"), 0);
	CHECK_TEXT(conf_lvm2_dir(conf), scratch.path);
	CHECK_TEXT(conf_list_item(conf, "devices/filter", 0), "r|sdb|");
	CHECK(!conf_bool(conf, "devices/scan_lvs"));
	CHECK(!conf_bool(conf, "backup/archive"));
	CHECK_INT(conf_number(conf, "backup/retain_min"), 4);
	CHECK_INT(conf_number(conf, "global/lock_timeout"), 9);
	CHECK_TEXT(conf_text(conf, "local/system_id"), "here");
	snprintf(copies, sizeof(copies), "%s/backup", scratch.path);
	CHECK_TEXT(conf_text(conf, "backup/backup_dir"), copies);

	scratch_file(&scratch, "small.profile", "backup/retain_min=6 allocation/thin_pool_zero=1\n");
	snprintf(copies, sizeof(copies), "config/profile_dir=\"%s\"", scratch.path);
	CHECK_INT(conf_override(conf, copies), 0);
	CHECK_INT(conf_load_profile(conf, "small"), 0);
	CHECK_INT(conf_number(conf, "backup/retain_min"), 6);
	CHECK_INT(conf_load_profile(conf, "none"), -ENOENT);
	CHECK_INT(conf_load_profile(conf, "../small"), -EDOM);

	CHECK_INT(conf_load_lvm2(none, ""), 0);
	CHECK(!conf_bool(none, "backup/backup"));
	scratch_release(&scratch);
}
