/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metadata of any text: a group that is understood is written, in both forms, so that it reads back
 * as the same group.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "model/vg.h"
#include "store/export.h"
#include "store/import.h"
#include "test/fuzz/fuzz.h"

static const struct export_header header = {
	.description = "fuzz", .host = "host", .uname = "Linux", .time = 1,
};

static void drop_message(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

static void drop_library_message(int level, const char *file, int line, int error,
				 const char *format, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)error;
	(void)format;
}

static char *written(const struct vg *vg, enum export_form form, size_t *len)
{
	char *text = NULL;

	if (vg_export(vg, form, &header, &text, len) < 0)
		abort();
	return text;
}

/* As the text of either form says it. */
static void check_form(const struct vg *vg, enum export_form form)
{
	AUTO(vg) struct vg *again = NULL;
	size_t first_len, text_len, second_len;
	AUTO_FREE char *first = written(vg, EXPORT_DISK, &first_len);
	AUTO_FREE char *text = written(vg, form, &text_len);
	AUTO_FREE char *second = NULL;

	if (vg_import("again", text, text_len, &again) < 0)
		abort();
	second = written(again, EXPORT_DISK, &second_len);
	if (first_len != second_len || memcmp(first, second, first_len) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(vg) struct vg *vg = NULL;

	log_set_sink(drop_message, NULL);
	dm_log_with_errno_init(drop_library_message);
	if (vg_import("fuzz", (const char *)data, size, &vg) < 0 || vg->unknown)
		return 0;
	check_form(vg, EXPORT_DISK);
	check_form(vg, EXPORT_FILE);
	return 0;
}
