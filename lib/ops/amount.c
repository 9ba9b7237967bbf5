/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/amount.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"

enum { WHOLE = 10000 };	/* hundredths of a percent */

static int whole_of(const struct amount *amount, const struct amount_context *context,
		    uint64_t *whole)
{
	switch (amount->of) {
	case AMOUNT_PERCENT_VG:
		*whole = vg_extents(context->vg);
		return 0;
	case AMOUNT_PERCENT_FREE:
		*whole = alloc_free_extents(context->vg, NULL, 0);
		return 0;
	case AMOUNT_PERCENT_PVS:
		*whole = alloc_free_extents(context->vg, context->ranges, context->range_count);
		return 0;
	case AMOUNT_PERCENT_ORIGIN:
		if (!context->origin)
			return fail(context->lv ? -EINVAL : -EDOM,
				    _("%s: %%ORIGIN is for snapshots"), context->label);
		*whole = lv_extents(context->origin);
		return 0;
	case AMOUNT_PERCENT_LV:
		if (!context->lv)
			return fail(-EDOM, _("%s: %%LV is for a volume that exists"), context->label);
		*whole = lv_extents(context->lv);
		return 0;
	default:
		return fail(-ENOTRECOVERABLE, "internal: no percentage");
	}
}

/* As with LVM2 a part of the group or of devices is at most what is free there. */
static uint64_t limit_part(const struct amount_context *context, uint64_t extents)
{
	uint64_t most = alloc_free_extents(context->vg, context->ranges, context->range_count);
	char text[SIZE_TEXT];

	if (context->lv)
		most += lv_extents(context->lv);
	most -= most % context->stripes;
	if (extents <= most)
		return extents;
	say(_("%s: reducing it to what is free: %s"), context->label,
	    size_print(most * context->vg->extent_size_sectors, text));
	return most;
}

static int from_percent(const struct amount *amount, const struct amount_context *context,
			uint64_t *extents)
{
	const bool of_devices = amount->of == AMOUNT_PERCENT_FREE ||
				amount->of == AMOUNT_PERCENT_PVS || amount->of == AMOUNT_PERCENT_VG;
	const bool down = amount->sign == '-' || (of_devices && !context->lv);
	uint64_t whole, product;
	int r;

	r = whole_of(amount, context, &whole);
	if (r < 0)
		return r;
	if (mul_overflows(whole, amount->value, &product))
		return fail(-EINVAL, _("%s: percentage is too large"), context->label);
	*extents = down ? product / WHOLE : divide_up(product, WHOLE);
	if (of_devices)
		*extents -= *extents % context->stripes;
	if (of_devices && !amount->sign)
		*extents = limit_part(context, *extents);
	return 0;
}

static int from_size(const struct amount *amount, const struct amount_context *context,
		     uint64_t *extents)
{
	uint64_t extent_size = context->vg->extent_size_sectors;
	char text[SIZE_TEXT];

	*extents = amount->sign == '-' ? amount->value / extent_size
				       : divide_up(amount->value, extent_size);
	if (*extents > UINT32_MAX)
		return fail(-EINVAL, _("%s: size is too large"), context->label);
	if (*extents * extent_size != amount->value)
		say(amount->sign == '-' ? _("%s: rounding size down to whole extents: %s")
					: _("%s: rounding size up to whole extents: %s"),
		    context->label, size_print(*extents * extent_size, text));
	return 0;
}

static void to_stripes(const struct amount *amount, const struct amount_context *context,
		       uint64_t *extents)
{
	const uint64_t extent_size = context->vg->extent_size_sectors;
	const bool down = amount->sign == '-';
	const uint64_t rounded = down ? *extents - *extents % context->stripes
				      : round_up(*extents, context->stripes);
	char before[SIZE_TEXT], after[SIZE_TEXT];

	if (rounded != *extents)
		say(down ? _("%s: rounding size %s (%llu extents) down to whole stripes: %s (%llu "
			     "extents)")
			 : _("%s: rounding size %s (%llu extents) up to whole stripes: %s (%llu "
			     "extents)"),
		    context->label, size_print(*extents * extent_size, before),
		    (unsigned long long)*extents, size_print(rounded * extent_size, after),
		    (unsigned long long)rounded);
	*extents = rounded;
}

bool amount_is_share(const struct amount *amount)
{
	return amount->of == AMOUNT_PERCENT_FREE ||
	       ((amount->of == AMOUNT_PERCENT_VG || amount->of == AMOUNT_PERCENT_PVS) &&
		amount->sign != '+');
}

int amount_extents(const struct amount *amount, const struct amount_context *context,
		   uint32_t *extents)
{
	uint64_t wanted;
	int r = 0;

	if (amount->of == AMOUNT_SECTORS)
		r = from_size(amount, context, &wanted);
	else if (amount->of == AMOUNT_EXTENTS)
		wanted = amount->value;
	else
		r = from_percent(amount, context, &wanted);
	if (r < 0)
		return r;

	if (wanted > UINT32_MAX - context->stripes)
		return fail(-EINVAL, _("%s: size is too large"), context->label);
	to_stripes(amount, context, &wanted);
	*extents = (uint32_t)wanted;
	return 0;
}
