/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names: judged, taken apart, made up.
 */

#include "model/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "model/lost.h"
#include "model/renewal.h"
#include "model/snapshot.h"

enum {
	DM_NAME_LEN = 127,		/* of the kernel's dm-ioctl.h, without the NUL */
	LAYER_LEN = 5,			/* the longest suffix of an origin's devices: -real */
	TAG_LEN = 1024,			/* LVM2's limit */
	GENERATED_SIZE = 32,
};

static const char mapper_dir[] = "mapper";	/* below /dev: never a group's */

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Every character a letter, a digit or one of "others". */
static bool consists_of(const char *text, const char *others)
{
	for (; *text; text++)
		if (!is_alphanumeric(*text) && !strchr(others, *text))
			return false;
	return true;
}

const char *name_refuse_vg(const char *name)
{
	if (!*name)
		return _("a name may not be empty");
	if (strlen(name) > NAME_LEN)
		return _("a name may not be longer than 127 characters");
	if (*name == '-')
		return _("a name may not begin with a hyphen");
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return _("a name may not be . or ..");
	if (!consists_of(name, "+_.-"))
		return _("a name may have letters, digits and + _ . - only");
	return NULL;
}

bool name_is_legal(const char *name)
{
	return !name_refuse_vg(name);
}

/* LVM2 gives volumes that it makes itself such names (lib/misc/lvm-string.c). */
static bool is_reserved(const char *name)
{
	static const char *const prefixes[] = { "snapshot", "pvmove" };
	static const char *const parts[] = {
		"_cdata", "_cmeta", "_corig", "_cpool", "_cvol", "_wcorig", "_mimage", "_mlog",
		"_rimage", "_rmeta", "_tdata", "_tmeta", "_vdata", "_imeta", "_iorig", "_pmspare",
		"_vorigin",
	};
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

/* In a dm name a hyphen of the group's or the volume's name is written twice. */
static size_t escaped_len(const char *name)
{
	size_t len = 0;

	for (; *name; name++)
		len += *name == '-' ? 2 : 1;
	return len;
}

bool name_fits(const char *vg, const char *lv)
{
	return escaped_len(vg) + 1 + escaped_len(lv) + LAYER_LEN <= DM_NAME_LEN;
}

const char *name_refuse_lv(const char *vg, const char *lv)
{
	const char *reason = name_refuse_vg(lv);

	if (reason)
		return reason;
	if (is_reserved(lv))
		return _("the name is reserved for volumes that LVM2 makes itself");
	if (!name_fits(vg, lv))
		return _("together with its group's name it is too long for the kernel");
	return NULL;
}

const char *name_refuse_tag(const char *tag)
{
	if (!*tag)
		return _("a tag may not be empty");
	if (strlen(tag) > TAG_LEN)
		return _("a tag may not be longer than 1024 characters");
	if (!strcmp(tag, UNFINISHED_TAG) || lost_area_is_tag(tag) || renewal_is_tag(tag))
		return _("the tag marks what an interrupted command left and is not for users");
	if (!consists_of(tag, "_+.-/=!:&#"))
		return _("a tag may have letters, digits and _ + . - / = ! : & # only");
	return NULL;
}

/* Copy a name of len characters if it is legal. */
static bool copy_name(const char *from, size_t len, char to[NAME_LEN + 1])
{
	if (len > NAME_LEN)
		return false;
	memcpy(to, from, len);
	to[len] = 0;
	return name_is_legal(to);
}

/* Take one name off an escaped dm name; what follows is at its end or on the next name's begin. */
static const char *unescape(const char *text, char name[NAME_LEN + 1])
{
	size_t len = 0;

	for (; *text; text++) {
		if (*text == '-' && *++text != '-')
			break;
		if (len == NAME_LEN)
			return NULL;
		name[len++] = *text;
	}
	name[len] = 0;
	return name_is_legal(name) ? text : NULL;
}

/* A third part would be a layer, which is no volume of the user's. */
static bool split_dm_name(const char *text, char vg[NAME_LEN + 1], char lv[NAME_LEN + 1])
{
	text = unescape(text, vg);
	if (!text || !*text)
		return false;
	text = unescape(text, lv);
	return text && !*text;
}

/* "vg" or "vg/lv".  "vg/" is no group: a name that a script left empty must not become all of it. */
static bool split_path(const char *text, char vg[NAME_LEN + 1], char lv[NAME_LEN + 1])
{
	const size_t vg_len = strcspn(text, "/");

	if (!copy_name(text, vg_len, vg))
		return false;
	lv[0] = 0;
	if (!text[vg_len])
		return true;
	text += vg_len + strspn(text + vg_len, "/");
	return copy_name(text, strlen(text), lv);
}

/* What follows the directory in a path below it, or NULL. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	while (len && dir[len - 1] == '/')
		len--;
	if (!len || strncmp(path, dir, len) || path[len] != '/')
		return NULL;
	return path + len + strspn(path + len, "/");
}

int name_split(const char *operand, const char *dev_dir, char vg[NAME_LEN + 1],
	       char lv[NAME_LEN + 1])
{
	const char *rest, *dm_name;
	char found_vg[NAME_LEN + 1], found_lv[NAME_LEN + 1];
	bool good;

	while (operand[0] == '/' && operand[1] == '/')
		operand++;
	rest = dev_dir ? below(operand, dev_dir) : NULL;
	dm_name = rest ? below(rest, mapper_dir) : NULL;
	if (dm_name || (rest && !strcmp(rest, mapper_dir)))
		good = dm_name && split_dm_name(dm_name, found_vg, found_lv);
	else
		good = split_path(rest ? rest : operand, found_vg, found_lv);
	if (!good)
		return -EINVAL;
	memcpy(vg, found_vg, strlen(found_vg) + 1);
	memcpy(lv, found_lv, strlen(found_lv) + 1);
	return 0;
}

/* Raise *next above the number of a name that is the prefix and a number. */
static void count_name(const char *name, const char *prefix, uint64_t *next)
{
	const size_t len = strlen(prefix);
	uint64_t n;

	if (!strncmp(name, prefix, len) && !number_parse(name + len, &n) && n >= *next &&
	    n < UINT64_MAX)
		*next = n + 1;
}

static const char *generate(struct vg *vg, const char *prefix, uint64_t n)
{
	char name[GENERATED_SIZE];

	snprintf(name, sizeof(name), "%s%" PRIu64, prefix, n);
	return vg_text(vg, name);
}

const char *name_generate_lv(struct vg *vg)
{
	const struct lv *lv;
	uint64_t next = 0;

	dm_list_iterate_items(lv, &vg->lvs)
		count_name(lv->name, "lvol", &next);
	return generate(vg, "lvol", next);
}

/* Volumes and descriptors share one name space; LVM2 lets nobody else take such a name. */
const char *name_generate_descriptor(struct vg *vg)
{
	const struct snapshot *snapshot;
	const struct lv *lv;
	uint64_t next = 0;

	dm_list_iterate_items(snapshot, &vg->snapshots)
		count_name(snapshot->name, "snapshot", &next);
	dm_list_iterate_items(lv, &vg->lvs)
		count_name(lv->name, "snapshot", &next);
	return generate(vg, "snapshot", next);
}
