/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "base/log.h"

static void say_everything(void)
{
	(void)fail(-EINVAL, "vg0: error");
	warn("vg0: warning");
	say("vg0: chatter");
	detail("vg0: detail");
	debug("vg0: debugging");
}

TEST("fail() reports once and gives its code back")
{
	tap_log_capture();
	CHECK_INT(fail(-EBADMSG, "%s: slot %d beyond ring", "/dev/sdb", 1), -EBADMSG);
	CHECK_TEXT(tap_log_text(), "/dev/sdb: slot 1 beyond ring\n");
}

TEST("fail_errno() says what errno means")
{
	tap_log_capture();
	errno = ENOENT;
	CHECK_INT(fail_errno("%s: cannot open", "/dev/sdb"), -ENOENT);
	CHECK_TEXT(tap_log_text(), "/dev/sdb: cannot open: No such file or directory\n");
}

TEST("fail_errno() without an error is an error all the same")
{
	tap_log_capture();
	errno = 0;
	CHECK_INT(fail_errno("x"), -EIO);
}

TEST("want of memory has its own message")
{
	tap_log_capture();
	CHECK_INT(fail_memory(), -ENOMEM);
	CHECK_TEXT(tap_log_text(), "out of memory\n");
}

TEST("verbosity decides what is shown")
{
	static const char *const shown[] = {
		"vg0: error\n",
		"vg0: error\nvg0: warning\n",
		"vg0: error\nvg0: warning\nvg0: chatter\n",
		"vg0: error\nvg0: warning\nvg0: chatter\nvg0: detail\n",
		"vg0: error\nvg0: warning\nvg0: chatter\nvg0: detail\nvg0: debugging\n",
	};

	for (int verbosity = -2; verbosity <= 2; verbosity++) {
		tap_log_capture();
		log_set_verbosity(verbosity);
		CHECK_INT(log_verbosity(), verbosity);
		say_everything();
		CHECK_TEXT(tap_log_text(), shown[verbosity + 2]);
	}
}

enum { RECORD_SIZE = 1024 };

static void add_line(void *data, enum log_level level, const char *line)
{
	char *text = data;
	const size_t len = strlen(text);

	snprintf(text + len, RECORD_SIZE - len, "%d %s\n", log_priority(level), line);
}

TEST("a record has what it asks for whatever is shown, and waits as well")
{
	char text[RECORD_SIZE] = "";

	tap_log_capture();
	log_set_verbosity(-2);
	log_set_record(add_line, text, 5);
	log_hold();
	say_everything();
	CHECK_TEXT(text, "");
	log_release();
	CHECK_TEXT(text, "3 vg0: error\n4 vg0: warning\n4 vg0: chatter\n5 vg0: detail\n");
	CHECK_TEXT(tap_log_text(), "vg0: error\n");
	log_set_record(NULL, NULL, 0);
	say_everything();
	CHECK_INT(strlen(text), 57);
}

TEST("held messages come out in their order when they are released")
{
	tap_log_capture();
	log_hold();
	say_everything();
	CHECK_TEXT(tap_log_text(), "");
	log_release();
	CHECK_TEXT(tap_log_text(), "vg0: error\nvg0: warning\nvg0: chatter\n");
	say("vg0: later");
	CHECK_TEXT(tap_log_text(), "vg0: error\nvg0: warning\nvg0: chatter\nvg0: later\n");
	log_release();
	CHECK_TEXT(tap_log_text(), "vg0: error\nvg0: warning\nvg0: chatter\nvg0: later\n");
}

TEST("warnings wait until it is clear that something is done")
{
	tap_log_capture();
	log_defer(true);
	say_everything();
	CHECK_TEXT(tap_log_text(), "");
	log_defer(false);
	say("vg0: later");
	CHECK_TEXT(tap_log_text(), "");
	log_tell();
	CHECK_TEXT(tap_log_text(), "vg0: error\nvg0: warning\nvg0: chatter\nvg0: later\n");
	warn("vg0: last");
	CHECK_TEXT(strrchr(tap_log_text(), 'l'), "last\n");
}

TEST("what waits is dropped when all is looked at again")
{
	tap_log_capture();
	log_defer(false);
	say("vg0: said before");
	log_defer(true);
	say_everything();
	log_defer(false);
	say("vg0: said after");
	log_forget();
	warn("vg0: warning");
	log_tell();
	CHECK_TEXT(tap_log_text(), "vg0: said before\nvg0: said after\nvg0: warning\n");
}

TEST("what could not be read is told once, however often it was looked at")
{
	tap_log_capture();
	log_defer(true);
	(void)fail(-EIO, "/dev/sdb: cannot read");
	say_everything();
	log_forget();
	(void)fail(-EIO, "/dev/sdb: cannot read");
	log_defer(false);
	log_tell();
	CHECK_TEXT(tap_log_text(), "/dev/sdb: cannot read\n");
}

/* What the refusal of a command looks like after this was said of what it read. */
static const char *refusal(void (*notice)(const char *format, ...), const char *noticed, int code)
{
	tap_log_capture();
	log_defer(true);
	notice("%s", noticed);
	log_defer(false);
	(void)fail(code, "vg0/base: refused");
	log_tell();
	return tap_log_text();
}

TEST("a refusal is one line, with what explains it")
{
	CHECK_TEXT(refusal(warn, "vg0: a device is missing", -EPERM),
		   "vg0/base: refused (a device is missing)\n");
	CHECK_TEXT(refusal(warn, "vg0/base: is odd", -EPERM), "vg0/base: refused (is odd)\n");
	CHECK_TEXT(refusal(warn, "/dev/sdb: is damaged", -ENOENT),
		   "vg0/base: refused (/dev/sdb: is damaged)\n");
	CHECK_TEXT(refusal(warn, "/dev/sdb: is damaged", -EEXIST), "vg0/base: refused\n");
	CHECK_TEXT(refusal(warn, "vg01: a device is missing", -ENOENT), "vg0/base: refused\n");
	CHECK_TEXT(refusal(say, "vg0/base: rounding", -EPERM), "vg0/base: refused\n");
}

TEST("what is missing is on the device that could not be read")
{
	tap_log_capture();
	log_defer(true);
	warn("vg0: a device is missing");
	(void)fail(-EIO, "/dev/sdb: cannot read");
	log_defer(false);
	(void)fail(-ENODEV, "vg0/base: refused");
	log_tell();
	CHECK_TEXT(tap_log_text(), "vg0/base: refused (/dev/sdb: cannot read)\n");
}

TEST("errors that are caught are not shown, and the first is told")
{
	tap_log_capture();
	log_set_verbosity(1);
	log_catch();
	fail(-EIO, "/dev/sda: cannot");
	fail(-EIO, "/dev/sdb: cannot either");
	warn("vg0: careful");
	CHECK_TEXT(log_caught(), "/dev/sda: cannot");
	fail(-EIO, "vg0: neither can");
	CHECK_TEXT(tap_log_text(), "/dev/sda: cannot\n/dev/sdb: cannot either\nvg0: careful\n"
				   "vg0: neither can\n");

	tap_log_capture();
	log_set_verbosity(0);
	log_catch();
	fail(-EIO, "/dev/sdc: cannot");
	CHECK_TEXT(log_caught(), "/dev/sdc: cannot");
	log_catch();
	CHECK_TEXT(log_caught(), "");
	CHECK_TEXT(tap_log_text(), "");
}

TEST("what is done in passing complains of nothing but what is to be known")
{
	tap_log_capture();
	log_set_verbosity(0);
	log_hush(true);
	CHECK_INT(fail(-EBUSY, "vg0/base: cannot"), -EBUSY);
	warn("vg0: careful");
	say("vg0/base: chatter");
	log_hush(false);
	fail(-EIO, "vg0: neither can");
	CHECK_TEXT(tap_log_text(), "vg0: careful\nvg0/base: chatter\nvg0: neither can\n");
}

static void count_line(void *data, enum log_level level, const char *line)
{
	unsigned *counts = data;

	(void)line;
	counts[level]++;
}

TEST("held messages that do not fit are dropped, and that is said")
{
	unsigned counts[MSG_DEBUG + 1] = { 0 };

	log_set_sink(count_line, counts);
	log_hold();
	for (unsigned i = 0; i < 10000; i++)
		say("vg0: a message of about forty characters %u", i);
	log_release();
	CHECK(counts[MSG_SAY] > 100 && counts[MSG_SAY] < 10000);
	CHECK_INT(counts[MSG_WARN], 1);
}

TEST("a message is one line that leaves the terminal alone")
{
	tap_log_capture();
	warn("%s: no such volume", "vg0/\x1b[2Jbase\nroot:\x7f\tx");
	CHECK_TEXT(tap_log_text(), "vg0/?[2Jbase?root:??x: no such volume\n");
}

TEST("an object without a name is seen")
{
	tap_log_capture();
	warn("%s: no such volume", "");
	CHECK_TEXT(tap_log_text(), "\"\": no such volume\n");
}

TEST("a message that is too long is cut")
{
	char *text = calloc(1, 5000);

	memset(text, 'x', 4999);
	tap_log_capture();
	say("%s", text);
	CHECK(strlen(tap_log_text()) > 1000 && strlen(tap_log_text()) < 5000);
	errno = EIO;
	CHECK_INT(fail_errno("%s", text), -EIO);
	free(text);
}

TEST("without a sink messages go to standard error")
{
	char text[64] = "";
	FILE *kept = stderr, *file = fmemopen(text, sizeof(text), "w");

	stderr = file;
	warn("vg0: warning");
	stderr = kept;
	fclose(file);
	CHECK_TEXT(text, "vg0: warning\n");
}

TEST_MAIN
