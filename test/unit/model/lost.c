/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/lost.h"
#include "model/name.h"
#include "model/vg.h"

TEST("one area of a device is lost, once, and found again")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct pv *pv = group_pv(vg, 1);
	uint32_t seqno;

	CHECK_INT(lost_area_begin(pv, 1, 0), 0);
	CHECK(lost_area(pv, 1) && !lost_area(pv, 0) && !lost_area(group_pv(vg, 0), 1));
	seqno = vg->seqno;
	CHECK_INT(lost_area_begin(pv, 1, seqno + 1), 0);
	CHECK_INT(vg->seqno, seqno);
	lost_area_end(pv, 0);
	CHECK(lost_area(pv, 1));
	lost_area_end(pv, 1);
	CHECK(!lost_area(pv, 1) && dm_list_empty(&pv->tags));
}

TEST("numbers go on behind any that the area may have, and differently for each area")
{
	uint32_t seen[4];

	for (unsigned i = 0; i < 4; i++) {
		AUTO(vg) struct vg *vg = group_new(2, 100);

		vg->seqno = 7;
		CHECK_INT(lost_area_begin(group_pv(vg, i / 2), i % 2, i ? 7 : 30), 0);
		seen[i] = vg->seqno;
		CHECK(seen[i] >= 1007 + (i ? 0 : 23));
		for (unsigned k = 1; k < i; k++)
			CHECK(seen[k] + 50 < seen[i]);
	}
}

TEST("where no numbers are left nothing is given up")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct messages messages;

	messages_catch(&messages);
	CHECK_INT(lost_area_begin(group_pv(vg, 0), 0, UINT32_MAX - 100), -EOVERFLOW);
	CHECK_INT(messages.count, 1);
	CHECK(!lost_area(group_pv(vg, 0), 0));
	messages_release();
}

TEST("the tag is not for users")
{
	CHECK(lost_area_is_tag("snapvol.lost_area=0"));
	CHECK(!lost_area_is_tag("snapvol.lost"));
	CHECK(name_refuse_tag("snapvol.lost_area=1") != NULL);
}

TEST_MAIN
