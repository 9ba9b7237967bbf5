/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/attributes.h"

#include "model/lv.h"
#include "report/foreign.h"
#include "report/words.h"

#include <ctype.h>
#include <string.h>

static bool is_virtual(const struct lv *lv)
{
	const struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments)
		if (segment->kind == SEGMENT_ZERO || segment->kind == SEGMENT_ERROR)
			return true;
	return false;
}

static char volume_letter(const struct lv *lv)
{
	const struct foreign_type *foreign = foreign_type(lv);

	if (lv->flags & LV_PVMOVE)
		return 'p';
	if (lv_is_origin(lv))
		return lv_merging_snapshot(lv) ? 'O' : 'o';
	if (lv->store_of)
		return lv->store_of->merging ? 'S' : 's';
	if (foreign)
		return foreign->volume;
	return is_virtual(lv) ? 'v' : '-';
}

static char permission_letter(struct row *row)
{
	const struct live_device *device = row_device(row);

	if (!(row->lv->flags & LV_WRITE))
		return 'r';
	return device && device->read_only ? 'R' : 'w';
}

static char policy_letter(const struct lv *lv)
{
	char letter = letter_of_policy(lv->alloc);

	return lv->flags & LV_LOCKED ? (char)toupper(letter) : letter;
}

/* What the kernel said of the snapshot goes before what it says of the device. */
static char snapshot_letter(struct row *row, bool suspended)
{
	switch (row_status(row)->state) {
	case SNAPSHOT_INVALID:
	case SNAPSHOT_OVERFLOW:
		return suspended ? 'S' : 'I';
	case SNAPSHOT_MERGE_FAILED:
		return suspended ? 'M' : 'm';
	default:
		return suspended ? 's' : 'a';
	}
}

static char state_letter(struct row *row)
{
	const struct live_device *device = row_device(row);

	if (!row->gather->live)
		return 'X';
	if (!device)
		return '-';
	if (!*device->table)
		return device->has_inactive ? 'i' : 'd';
	return snapshot_letter(row, device->suspended);
}

static char open_letter(struct row *row)
{
	const struct live_device *device = row_device(row);

	if (!row->gather->live)
		return 'X';
	return device && device->open_count ? 'o' : '-';
}

static char target_letter(const struct lv *lv)
{
	const struct foreign_type *foreign = foreign_type(lv);

	if (lv_is_origin(lv) || lv->store_of)
		return 's';
	if (foreign)
		return foreign->target;
	if (is_virtual(lv))
		return 'v';
	return lv_is_foreign(lv) ? 'u' : '-';
}

const char *lv_attributes(struct row *row, char text[LV_ATTRIBUTES + 1])
{
	const struct lv *lv = row->lv;
	const char letters[LV_ATTRIBUTES] = {
		volume_letter(lv),
		permission_letter(row),
		policy_letter(lv),
		lv->flags & LV_FIXED_MINOR ? 'm' : '-',
		state_letter(row),
		open_letter(row),
		target_letter(lv),
		foreign_zeroes(lv) ? 'z' : '-',
		lv_is_partial(lv) ? 'p' : '-',
		lv->flags & LV_ACTIVATION_SKIP ? 'k' : '-',
	};

	memcpy(text, letters, LV_ATTRIBUTES);
	text[LV_ATTRIBUTES] = '\0';
	return text;
}

static char sharing_letter(const struct vg *vg)
{
	if (vg->flags & VG_CLUSTERED)
		return 'c';
	return vg->lock_type && strcmp(vg->lock_type, "none") ? 's' : '-';
}

const char *vg_attributes(const struct vg *vg, char text[VG_ATTRIBUTES + 1])
{
	text[0] = vg->flags & VG_WRITE ? 'w' : 'r';
	text[1] = vg->flags & VG_RESIZEABLE ? 'z' : '-';
	text[2] = vg->flags & VG_EXPORTED ? 'x' : '-';
	text[3] = vg->flags & VG_PARTIAL ? 'p' : '-';
	text[4] = letter_of_policy(vg->alloc);
	text[5] = sharing_letter(vg);
	text[6] = '\0';
	return text;
}

static char membership_letter(const struct row *row)
{
	if (row->disk && row->disk->duplicate)
		return 'd';
	if (row->pv)
		return row->pv->flags & PV_ALLOCATABLE ? 'a' : 'u';
	return row->disk && row->disk->used ? 'u' : '-';
}

const char *pv_attributes(const struct row *row, char text[PV_ATTRIBUTES + 1])
{
	const struct vg *vg = row_vg(row);

	text[0] = membership_letter(row);
	text[1] = vg && (vg->flags & VG_EXPORTED) ? 'x' : '-';
	text[2] = row->pv && (!row->disk || (row->pv->flags & PV_MISSING)) ? 'm' : '-';
	text[3] = '\0';
	return text;
}
