/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/owner.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

enum { FILE_MOST = 1 << 16 };

static const char SOURCE[] = "global/system_id_source";

/* Without what LVM2 leaves out of an ID (lib/commands/toolcontext.c, system_id_from_string). */
static void take(char id[OWNER_ID_SIZE], const char *text, size_t len)
{
	size_t used = 0;

	while (len && isspace((unsigned char)*text))
		text++, len--;
	for (; len && *text && used < OWNER_ID_SIZE - 1; text++, len--)
		if (isalnum((unsigned char)*text) || strchr("_.-+", *text))
			id[used++] = *text;
	while (used && !isalnum((unsigned char)id[0]))
		memmove(id, id + 1, used--);
	id[used] = '\0';
	if (!strncmp(id, "localhost", strlen("localhost"))) {
		warn(_("%s: %s is no name for a host among others, ignored"), SOURCE, id);
		id[0] = '\0';
	}
}

/* The first line that is not empty nor a comment. */
static void take_line(char id[OWNER_ID_SIZE], const char *path)
{
	AUTO_FREE char *text = NULL;
	const char *line;
	size_t len;
	int r = file_read(path, FILE_MOST, &text);

	if (r < 0) {
		warn(_("%s: %s: %s; this host has no system ID"), SOURCE, path, strerror(-r));
		return;
	}
	for (line = text; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (!len || *line == '#')
			continue;
		take(id, line, len);
		return;
	}
}

const char *owner_here(const struct conf *conf, char id[OWNER_ID_SIZE])
{
	const char *source = conf_text(conf, SOURCE);
	struct utsname host;
	char path[PATH_MAX];

	id[0] = '\0';
	if (!strcmp(source, "lvmlocal")) {
		take(id, conf_text(conf, "local/system_id"), OWNER_ID_SIZE);
	} else if (!strcmp(source, "uname") && !uname(&host)) {
		take(id, host.nodename, sizeof(host.nodename));
	} else if (!strcmp(source, "machineid") || !strcmp(source, "machine-id")) {
		snprintf(path, sizeof(path), "%s/machine-id", conf_text(conf, "global/etc"));
		take_line(id, path);
	} else if (!strcmp(source, "file")) {
		take_line(id, conf_text(conf, "global/system_id_file"));
	} else if (*source && strcmp(source, "none")) {
		warn(_("%s: %s is not known here; this host has no system ID"), SOURCE, source);
	}
	return id;
}

bool owner_is_here(const struct conf *conf, const struct vg *vg)
{
	static const char extra[] = "local/extra_system_ids";
	char own[OWNER_ID_SIZE];
	const char *other;
	unsigned i;

	if (!vg->system_id || !*vg->system_id)
		return true;
	if (!strcmp(vg->system_id, owner_here(conf, own)))
		return true;
	for (i = 0; (other = conf_list_item(conf, extra, i)); i++)
		if (!strcmp(vg->system_id, other))
			return true;
	return false;
}
