/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/volumelist.h"

#include "model/group.h"
#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"
#include "model/snapshot.h"

/* vg0 with base and its snapshot snap, tagged "of-base", and plain. */
struct fixture {
	struct conf *conf;
	struct scratch scratch;
	struct vg *vg;
	struct lv *base, *snap, *plain;
};

/* What lvm.conf says, and lvm_here.conf, which is read if the host has that tag. */
static void fixture_init(struct fixture *f, const char *settings, const char *of_tag)
{
	*f = (struct fixture) { .conf = conf_new(), .vg = group_new(1, 100) };
	f->base = group_linear(f->vg, "base", 0, 0, 10);
	f->snap = group_linear(f->vg, "snap", 0, 10, 10);
	f->plain = group_linear(f->vg, "plain", 0, 20, 10);
	snapshot_attach(f->base, f->snap, 8);
	words_add(f->vg, &f->base->tags, "of-base");
	scratch_init(&f->scratch);
	scratch_file(&f->scratch, "lvm.conf", settings);
	scratch_file(&f->scratch, "lvm_here.conf", of_tag);
	CHECK_INT(conf_load_lvm2(f->conf, f->scratch.path), 0);
}

static void fixture_release(struct fixture *f)
{
	scratch_release(&f->scratch);
	vg_free(&f->vg);
	conf_free(&f->conf);
}

/* "base snap plain", as far as they may be activated. */
static const char *allowed(const struct fixture *f,
			   bool (*may)(const struct conf *conf, const struct lv *lv))
{
	static char names[64];

	snprintf(names, sizeof(names), "%s%s%s", may(f->conf, f->base) ? "base " : "",
		 may(f->conf, f->snap) ? "snap " : "", may(f->conf, f->plain) ? "plain " : "");
	return names;
}

static const char *allowed_by(const char *settings, const char *of_tag)
{
	const char *names;
	struct fixture f;

	fixture_init(&f, settings, of_tag);
	names = allowed(&f, volumelist_allows);
	fixture_release(&f);
	return names;
}

TEST("without lists and tags of the host all may be activated, and an empty list names none")
{
	CHECK_TEXT(allowed_by("", ""), "base snap plain ");
	CHECK_TEXT(allowed_by("activation/volume_list=[]", ""), "");
	CHECK_TEXT(allowed_by("activation/volume_list=[0]", ""), "");
	CHECK_TEXT(allowed_by("activation/volume_list=\"vg0\"", ""), "base snap plain ");
}

TEST("a list names groups, volumes, and tags of either; a snapshot goes with its origin")
{
	CHECK_TEXT(allowed_by("activation/volume_list=[\"vg0\"]", ""), "base snap plain ");
	CHECK_TEXT(allowed_by("activation/volume_list=[\"vg\", \"vg01\", \"vg0/pla\"]", ""), "");
	CHECK_TEXT(allowed_by("activation/volume_list=[\"vg0/plain\"]", ""), "plain ");
	CHECK_TEXT(allowed_by("activation/volume_list=[\"vg0/base\"]", ""), "base snap ");
	CHECK_TEXT(allowed_by("activation/volume_list=[\"vg0/snap\"]", ""), "");
	CHECK_TEXT(allowed_by("activation/volume_list=[\"@of-base\"]", ""), "base snap ");
	CHECK_TEXT(allowed_by("activation/volume_list=[\"@*\"]", ""), "");
}

TEST("tags of the host are what is named for it, and its files may name more")
{
	CHECK_TEXT(allowed_by("tags { @of-base { } }", ""), "base snap ");
	CHECK_TEXT(allowed_by("tags { of-base { host_list=[\"elsewhere\"] } }", ""),
		   "base snap plain ");
	CHECK_TEXT(allowed_by("tags { hosttags=1 }", ""), "");
	CHECK_TEXT(allowed_by("tags { here { } }", "tags { of-base { } }"), "base snap ");
	CHECK_TEXT(allowed_by("tags { here { } }", "activation/volume_list=[\"vg0/plain\"]"),
		   "plain ");
	CHECK_TEXT(allowed_by("tags { here { } } activation/volume_list=[\"@*\", \"vg0/plain\"]",
			      "tags { of-base { } }"),
		   "base snap plain ");
}

TEST("one list is for automatic activation besides, one for what is read-only")
{
	struct fixture f;

	fixture_init(&f,
		     "activation { volume_list=[\"vg0/base\"] "
		     "auto_activation_volume_list=[\"vg0/plain\"] "
		     "read_only_volume_list=[\"vg0/base\"] }",
		     "");
	CHECK_TEXT(allowed(&f, volumelist_allows), "base snap ");
	CHECK_TEXT(allowed(&f, volumelist_allows_automatic), "");
	CHECK_TEXT(allowed(&f, volumelist_is_read_only), "base snap ");
	volumelist_mark(f.conf, f.vg);
	CHECK(!lv_is_writable(f.base) && !lv_is_writable(f.snap) && lv_is_writable(f.plain));
	CHECK(f.base->flags & LV_WRITE);
	snapshot_detach(f.snap->store_of);
	volumelist_mark(f.conf, f.vg);
	CHECK(!lv_is_writable(f.base) && lv_is_writable(f.snap));
	fixture_release(&f);
}

TEST_MAIN
