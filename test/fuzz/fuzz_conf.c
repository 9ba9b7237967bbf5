/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings of any bytes: what conf_override() takes, conf_print() writes so that it is taken again
 * and says the same.  Text that dm_config would not survive is stopped before it.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/conf.h"
#include "base/guard.h"
#include "base/log.h"
#include "test/fuzz/fuzz.h"

static void drop_message(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

static char *printed(const struct conf *conf)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert(file && conf_print(conf, file, CONF_CURRENT) == 0);
	fclose(file);
	return text;
}

static void check_round_trip(const struct conf *conf)
{
	AUTO(conf) struct conf *again = conf_new();
	AUTO_FREE char *first = printed(conf);
	AUTO_FREE char *second = NULL;

	if (!again || conf_override(again, first) < 0)
		abort();
	second = printed(again);
	if (strcmp(first, second) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(conf) struct conf *conf = NULL;
	AUTO_FREE char *text = strndup((const char *)data, size);
	const char *problem;
	size_t offset = 0;

	log_set_sink(drop_message, NULL);
	if (guard_config_text((const char *)data, size, &problem, &offset) < 0 && offset > size)
		abort();
	conf = conf_new();
	if (conf && text && conf_override(conf, text) == 0)
		check_round_trip(conf);
	return 0;
}
