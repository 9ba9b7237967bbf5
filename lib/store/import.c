/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metadata text to a group: the header, the group itself, its devices.
 */
#include <errno.h>
#include <string.h>

#include "store/import.h"

#include "base/auto.h"
#include "base/guard.h"
#include "base/log.h"
#include "base/text.h"
#include "model/check.h"
#include "model/name.h"
#include "store/keys.h"
#include "store/volumes.h"

/* More than any group has, and few enough to look for each among all of another's. */
enum { DEVICES_MAX = 65536 };

static const char *const vg_keys[] = { "id",
				       "seqno",
				       "format",
				       "status",
				       "flags",
				       "tags",
				       "system_id",
				       "lock_type",
				       "lock_args",
				       "extent_size",
				       "max_lv",
				       "max_pv",
				       "allocation_policy",
				       "profile",
				       "metadata_copies",
				       "physical_volumes",
				       "logical_volumes",
				       NULL };

static const char *const pv_keys[] = { "id",	   "device",   "status",   "flags",
				       "tags",	   "dev_size", "pe_start", "pe_count",
				       "ba_start", "ba_size",  NULL };

/* The values beside the group's section. */
static const char *const header_keys[] = {
	"contents",	 "version", "description", "creation_host", "creation_host_system_id",
	"creation_time", NULL
};

static void config_tree_free(struct dm_config_tree **tree)
{
	if (*tree)
		dm_config_destroy(*tree);
}

/* Is this LVM2 metadata of the one version there is, with one group? */
static int check_header(const char *name, const struct dm_config_node *root,
			const struct dm_config_node **group)
{
	const struct dm_config_node *contents = node_find(root, "contents");
	const struct dm_config_node *version = node_find(root, "version");
	const struct dm_config_node *node;

	if (!contents || !contents->v || contents->v->type != DM_CFG_STRING ||
	    strcmp(contents->v->v.str, CONTENTS_VALUE) != 0)
		return fail(-EBADMSG, _("%s: metadata is not what LVM2 writes"), name);
	if (!version || !version->v || version->v->type != DM_CFG_INT ||
	    version->v->v.i != CONTENTS_VERSION)
		return fail(-EBADMSG, _("%s: metadata has a version that is not known"), name);

	for (node = root; node && !node_is_section(node); node = node->sib)
		;
	if (!node)
		return fail(-EBADMSG, _("%s: metadata describes no group"), name);
	*group = node;
	return 0;
}

/* More sections, or values that LVM2's header does not have, could not be written back. */
static int check_strangers(const struct section *section, const struct dm_config_node *root)
{
	const struct dm_config_node *node;
	int r = 0;

	for (node = root; node && r == 0; node = node->sib)
		if (!key_is_known(header_keys, node->key) && node != section->node)
			r = section_unknown(section, _("neighbour"), node->key);

	return r;
}

static int read_format(const struct section *section)
{
	const char *format = NULL;
	int r;

	r = keys_text(section, "format", &format);
	if (r > 0 && strcmp(format, "lvm2") != 0 && strcmp(format, "lvm1") != 0)
		return section_refuse(section, "format", _("is none that is known"));
	return r;
}

static int read_policy(const struct section *section, struct vg *vg)
{
	int r = keys_policy(section, &vg->alloc);

	if (r > 0 && vg->alloc == ALLOC_INHERIT)
		vg->alloc = ALLOC_NORMAL;
	return r;
}

static int read_limits(const struct section *section, struct vg *vg)
{
	int r;

	r = need_number(section, "extent_size", UINT32_MAX, &vg->extent_size_sectors);
	if (r >= 0 && !vg->extent_size_sectors)
		r = section_refuse(section, "extent_size", _("is out of range"));
	if (r >= 0)
		r = keys_number32(section, "max_lv", &vg->max_lv);
	if (r >= 0)
		r = keys_number32(section, "max_pv", &vg->max_pv);
	if (r >= 0)
		r = keys_number32(section, "metadata_copies", &vg->metadata_copies);
	if (r >= 0)
		r = read_policy(section, vg);
	return r;
}

static int read_group(const struct section *section, struct vg *vg)
{
	int r;

	r = keys_id(section, vg->id);
	if (r >= 0)
		r = need_number32(section, "seqno", &vg->seqno);
	if (r >= 0)
		r = read_format(section);
	if (r >= 0)
		r = keys_flags(section, vg_words, &vg->flags, &vg->extras);
	vg->flags |= vg->flags & VG_WRITE_LOCKED ? VG_WRITE : 0;
	if (r >= 0)
		r = keys_tags(section, &vg->tags);
	if (r >= 0)
		r = read_limits(section, vg);
	if (r >= 0)
		r = keys_text(section, "system_id", &vg->system_id);
	if (r >= 0)
		r = keys_text(section, "lock_type", &vg->lock_type);
	if (r >= 0)
		r = keys_text(section, "lock_args", &vg->lock_args);
	if (r >= 0)
		r = keys_text(section, "profile", &vg->profile);
	if (r >= 0)
		r = keys_rest(section, vg_keys, REST_ALL, &vg->extras);
	return r;
}

static int read_pv_place(const struct section *section, struct pv *pv)
{
	int r;

	r = keys_number(section, "dev_size", INT64_MAX, &pv->dev_size_sectors);
	if (r >= 0)
		r = need_number(section, "pe_start", INT64_MAX, &pv->pe_start_sectors);
	if (r >= 0)
		r = need_number32(section, "pe_count", &pv->pe_count);
	if (r >= 0)
		r = keys_number(section, "ba_start", INT64_MAX, &pv->ba_start_sectors);
	if (r >= 0)
		r = keys_number(section, "ba_size", INT64_MAX, &pv->ba_size_sectors);
	return r;
}

static int read_pv(struct vg *vg, const char *source, const struct dm_config_node *node)
{
	struct section section = { .source = source, .object = node->key, .node = node, .vg = vg };
	char id[ID_LEN + 1];
	struct pv *pv;
	int r;

	if (!node_is_section(node) || !name_is_legal(node->key))
		return fail(-EBADMSG, _("%s: %s: is no device"), source, node->key);

	r = keys_id(&section, id);
	if (r < 0)
		return r;
	pv = vg_add_pv_known(vg, id, node->key);
	if (!pv)
		return -ENOMEM;

	r = keys_flags(&section, pv_words, &pv->flags, &pv->extras);
	if (r >= 0)
		r = keys_tags(&section, &pv->tags);
	if (r >= 0)
		r = keys_text(&section, "device", &pv->hint);
	if (r >= 0)
		r = read_pv_place(&section, pv);
	if (r >= 0)
		r = keys_rest(&section, pv_keys, REST_ALL, &pv->extras);
	return r;
}

static int read_pvs(const struct section *section, struct vg *vg)
{
	const struct dm_config_node *list = section_find(section, "physical_volumes");
	const struct dm_config_node *node;
	unsigned count = 0;
	int r = 0;

	if (!list || !node_is_section(list))
		return section_refuse(section, "physical_volumes", _("is missing"));
	for (node = list->child; node && r >= 0; node = node->sib)
		r = ++count > DEVICES_MAX
			    ? section_refuse(section, "physical_volumes",
					     _("has more than 65536 devices, the most that are read"))
			    : read_pv(vg, section->source, node);
	return r;
}

static int read_lvs(const struct section *section, struct vg *vg)
{
	const struct dm_config_node *list = section_find(section, "logical_volumes");

	if (!list)
		return 0;
	if (!node_is_section(list))
		return section_refuse(section, "logical_volumes", _("is no section"));
	return volumes_import(section->source, vg, list);
}

static int read_header(const char *name, const struct dm_config_node *root, struct vg *vg,
		       struct text_header *header)
{
	const struct dm_config_node whole = { .key = "", .child = (struct dm_config_node *)root };
	const struct section section = {
		.source = name, .object = vg->name, .node = &whole, .vg = vg
	};
	int r = keys_remark(&section, "description", &header->description);

	return r < 0 ? r : keys_number(&section, "creation_time", INT64_MAX, &header->time);
}

static int import_tree(const char *name, const struct dm_config_node *root,
		       struct text_header *header, struct vg **result)
{
	const struct dm_config_node *group = NULL;
	AUTO(vg) struct vg *vg = NULL;
	struct section section;
	int r;

	r = check_header(name, root, &group);
	if (r < 0)
		return r;
	if (!name_is_legal(group->key))
		return fail(-EBADMSG, _("%s: the group's name is not legal"), name);

	vg = vg_new(group->key, 1);
	if (!vg)
		return -ENOMEM;
	section = (struct section) { .source = name, .object = vg->name, .node = group, .vg = vg };

	r = read_group(&section, vg);
	if (r >= 0)
		r = check_strangers(&section, root);
	if (r >= 0)
		r = read_pvs(&section, vg);
	if (r >= 0)
		r = read_lvs(&section, vg);
	if (r >= 0)
		r = vg_check(vg);
	if (r >= 0 && header)
		r = read_header(name, root, vg, header);
	if (r < 0)
		return r;

	*result = TAKE(vg);
	return 0;
}

int vg_import_with_header(const char *name, const char *text, size_t len, struct vg **vg,
			  struct text_header *header)
{
	AUTO(config_tree) struct dm_config_tree *tree = NULL;
	const char *problem = NULL, *why;
	size_t offset = 0;
	bool parsed;

	/* On disk a NUL ends the text. */
	if (len && !text[len - 1])
		len--;
	if (guard_config_text(text, len, &problem, &offset) < 0)
		return fail(-EBADMSG, _("%s: metadata text cannot be parsed: %s at byte %zu"), name,
			    _(problem), offset);

	tree = dm_config_create();
	if (!tree)
		return fail_memory();
	guard_listen();
	parsed = dm_config_parse_without_dup_node_check(tree, text, text + len);
	why = guard_heard();
	if (!parsed)
		return fail(-EBADMSG, _("%s: metadata text cannot be parsed: %s"), name, why);
	if (!tree->root)
		return fail(-EBADMSG, _("%s: metadata text cannot be parsed"), name);

	return import_tree(name, tree->root, header, vg);
}

int vg_import(const char *name, const char *text, size_t len, struct vg **vg)
{
	return vg_import_with_header(name, text, len, vg, NULL);
}
