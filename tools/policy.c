/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/policy.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum alloc_policy policy_of(const char *word)
{
	static const struct {
		const char *word;
		enum alloc_policy policy;
	} words[] = {
		{ "contiguous", ALLOC_CONTIGUOUS },	  { "cling", ALLOC_CLING },
		{ "cling_by_tags", ALLOC_CLING_BY_TAGS }, { "normal", ALLOC_NORMAL },
		{ "anywhere", ALLOC_ANYWHERE },
	};
	unsigned i;

	for (i = 0; word && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i].word))
			return words[i].policy;
	return ALLOC_INHERIT;
}

enum activation activation_of(const char *word)
{
	if (strchr(word, 'n'))
		return DEACTIVATE;
	return word[0] == 'a' ? ACTIVATE_AUTO : ACTIVATE;
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

bool is_device(const char *operand)
{
	char path[PATH_MAX], dm[64];
	struct stat st;

	if (operand[0] != '/')
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(operand, ":"), operand);
	if (stat(path, &st) < 0)
		return strchr(operand, ':') != NULL;
	if (S_ISREG(st.st_mode))
		return true;
	if (!S_ISBLK(st.st_mode))
		return false;
	snprintf(dm, sizeof(dm), "/sys/dev/block/%u:%u/dm", major(st.st_rdev), minor(st.st_rdev));
	return access(dm, F_OK) != 0;
}
