/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/policy.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/units.h"
#include "model/alloc.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum alloc_policy policy_of(const char *word)
{
	/* options take no others */
	return word ? (enum alloc_policy)alloc_of_word(word) : ALLOC_INHERIT;
}

enum activation activation_of(const char *word)
{
	if (strchr(word, 'n'))
		return DEACTIVATE;
	return strchr(word, 'a') ? ACTIVATE_AUTO : ACTIVATE;
}

int metadata_copies_of(const char *command, const char *word, uint32_t *number,
		       const uint32_t **found)
{
	uint64_t value = 0;

	if (!word)
		return 0;
	if (!strcmp(word, "all"))
		value = METADATA_COPIES_ALL;
	else if (strcmp(word, "unmanaged") != 0 &&
		 (number_parse(word, &value) < 0 || value >= METADATA_COPIES_ALL))
		return fail(-EDOM,
			    _("%s: --vgmetadatacopies: '%s' is no number, 'all' or 'unmanaged'"),
			    command, word);
	*number = (uint32_t)value;
	*found = number;
	return 0;
}

int read_ahead_of(const char *command, const char *word, int64_t *sectors)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE) / SECTOR_SIZE;
	uint64_t given;

	*sectors = 0;
	if (!word || !strcmp(word, "auto"))
		return 0;
	if (strcmp(word, "none") != 0 && (size_parse(word, 's', &given) < 0 || given > UINT32_MAX))
		return fail(-EDOM, _("%s: --readahead: '%s' is neither auto nor none nor a size"),
			    command, word);
	if (!strcmp(word, "none") || !given) {
		*sectors = -1;
		return 0;
	}
	if (given % page)
		warn(_("%s: --readahead: whole pages are read ahead, which are %u sectors"),
		     command, (unsigned)page);
	*sectors = (int64_t)(given < page ? page : given - given % page);
	return 0;
}

int number_check(const struct number_args *args)
{
	enum { LAST_MINOR = 1048575 };

	if (args->persistent == SAID_NO && (args->major.given || args->minor.given))
		return fail(-EDOM, _("--major, --minor: contradict --persistent n"));
	if (args->persistent == SAID_YES && !args->minor.given)
		return fail(-EDOM, _("--persistent: say which --minor"));
	if (args->minor.value > LAST_MINOR)
		return fail(-EDOM, _("--minor: at most %d"), LAST_MINOR);
	return 0;
}

enum modify_switch switch_of(enum yes_no said)
{
	if (said == NOT_SAID)
		return SWITCH_KEEP;
	return said == SAID_YES ? SWITCH_ON : SWITCH_OFF;
}

const char *name_within(const char *name, const char *vg)
{
	const char *slash = strrchr(name, '/');
	size_t len = strlen(vg);

	if (!slash)
		return name;
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	return (size_t)(slash - name) == len && !strncmp(name, vg, len) ? slash + 1 : NULL;
}

/* By the prefix that LVM2 gives the UUIDs of its volumes; there are others of device-mapper below PVs, as of LUKS. */
static bool is_volume(dev_t number)
{
	enum { MOST = 256 };
	static const char prefix[] = "LVM-";
	AUTO_FREE char *uuid = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/dm/uuid", major(number), minor(number));
	return file_read(path, MOST, &uuid) >= 0 && !strncmp(uuid, prefix, strlen(prefix));
}

bool is_device(const char *operand)
{
	char path[PATH_MAX];
	struct stat st;

	if (operand[0] != '/')
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(operand, ":"), operand);
	if (stat(path, &st) < 0)
		return strchr(operand, ':') != NULL;
	if (S_ISREG(st.st_mode))
		return true;
	return S_ISBLK(st.st_mode) && !is_volume(st.st_rdev);
}

int missing_flags(const struct session *session, const struct missing_args *args)
{
	const char *mode =
		args->mode ? args->mode : conf_text(session->conf, "activation/activation_mode");

	if (args->partial && args->mode && strcmp(mode, "partial"))
		return fail(-EDOM, _("--partial: contradicts --activationmode %s"), mode);
	if (args->partial || !strcmp(mode, "partial")) {
		warn(_("%s: volumes that lack a part are activated, too: what is missing gives "
		       "errors"),
		     args->partial ? "--partial"
		     : args->mode  ? "--activationmode"
				   : "activation/activation_mode");
		return ACTIVATE_PARTIAL;
	}
	if (!strcmp(mode, "degraded") || !strcmp(mode, "complete"))
		return 0;
	return fail(-EINVAL,
		    _("activation/activation_mode: '%s' is none of complete, degraded, partial"),
		    mode);
}
