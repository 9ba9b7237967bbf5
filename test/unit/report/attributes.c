/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/attributes.h"
#include "report/fields.h"

#include "model/snapshot.h"
#include "tap.h"

#include <string.h>

/*
 * A group vg0 with origin "base", its snapshot "snap" and a plain volume "other", and a kernel that
 * has what the test puts there.
 */
struct scene {
	struct vg *vg;
	struct lv *base, *store, *other;
	struct snapshot *snapshot;
	struct live *live;
	struct gather gather;
	struct group_facts group;
};

static void add_extents(struct lv *lv, struct pv *pv, uint32_t first)
{
	const struct stripe stripe = { .pv = pv, .extent = first };

	lv_append(lv, SEGMENT_STRIPED, &stripe, 1, 0, 4);
}

static void scene_open(struct scene *scene)
{
	struct pv *pv;

	*scene = (struct scene) { .vg = vg_new("vg0", 8192) };
	pv = vg_add_pv(scene->vg, "0123456789abcdefghijklmnopqrstuv");
	pv->path = "/dev/sdx";
	pv->pe_count = 100;
	pv->flags = PV_ALLOCATABLE;
	scene->base = lv_new(scene->vg, "base");
	scene->store = lv_new(scene->vg, "snap");
	scene->other = lv_new(scene->vg, "other");
	add_extents(scene->base, pv, 0);
	add_extents(scene->store, pv, 4);
	add_extents(scene->other, pv, 8);
	scene->snapshot = snapshot_attach(scene->base, scene->store, 8);
	live_new(&scene->live);
	scene->gather = (struct gather) {
		.mem = dm_pool_create("test", 1024),
		.live = scene->live,
		.dev_dir = "/dev",
	};
	scene->group.vg = scene->vg;
}

static void scene_close(struct scene *scene)
{
	dm_pool_destroy(scene->gather.mem);
	live_free(&scene->live);
	vg_free(&scene->vg);
}

static struct live_device *activate(struct scene *scene, const struct lv *lv, const char *name,
				    const char *table)
{
	char uuid[ID_LEN + ID_LEN + 8];

	snprintf(uuid, sizeof(uuid), "LVM-%s%s", lv->vg->id, lv->id);
	return live_add(scene->live, name, dm_pool_strdup(scene->live->mem, uuid), 254, 0, table);
}

/* The letters of a volume whose snapshot's status is the one given. */
static void check_letters(struct scene *scene, const struct lv *lv,
			  const struct snapshot_status *status, const char *wanted)
{
	struct row row = { .gather = &scene->gather, .group = &scene->group, .lv = lv };
	char text[LV_ATTRIBUTES + 1];

	if (status) {
		row.status = *status;
		row.status_known = true;
	}
	CHECK_TEXT(lv_attributes(&row, text), wanted);
}

static void check_field(struct scene *scene, const struct lv *lv,
			const struct snapshot_status *status, const char *name, const char *wanted)
{
	struct row row = { .gather = &scene->gather, .group = &scene->group, .lv = lv };
	struct value value;

	if (status) {
		row.status = *status;
		row.status_known = true;
	}
	field_find(name, strlen(name), "")->get(&row, &value);
	CHECK_TEXT(value.text, wanted);
}

TEST("letters of volumes that are not active")
{
	struct scene scene;

	scene_open(&scene);
	check_letters(&scene, scene.base, NULL, "owi---s---");
	check_letters(&scene, scene.store, NULL, "swi---s---");
	check_letters(&scene, scene.other, NULL, "-wi-------");

	scene.other->flags &= ~(unsigned)LV_WRITE;
	check_letters(&scene, scene.other, NULL, "-ri-------");
	scene.other->flags |= LV_ACTIVATION_SKIP | LV_FIXED_MINOR | LV_LOCKED;
	check_letters(&scene, scene.other, NULL, "-rIm-----k");
	scene.other->alloc = ALLOC_CLING;
	check_letters(&scene, scene.other, NULL, "-rLm-----k");
	scene.other->alloc = ALLOC_CLING_BY_TAGS;
	check_letters(&scene, scene.other, NULL, "-rTm-----k");
	scene.other->flags &= ~(unsigned)LV_LOCKED;
	scene.other->alloc = ALLOC_CONTIGUOUS;
	check_letters(&scene, scene.other, NULL, "-rcm-----k");
	scene.other->alloc = ALLOC_NORMAL;
	check_letters(&scene, scene.other, NULL, "-rnm-----k");
	scene.other->alloc = ALLOC_ANYWHERE;
	check_letters(&scene, scene.other, NULL, "-ram-----k");

	snapshot_begin_merge(scene.snapshot);
	check_letters(&scene, scene.base, NULL, "Owi---s---");
	check_letters(&scene, scene.store, NULL, "Swi---s---");
	scene_close(&scene);
}

TEST("letters of volumes on a device that is missing")
{
	struct scene scene;

	scene_open(&scene);
	dm_list_item(dm_list_first(&scene.vg->pvs), struct pv)->path = NULL;
	check_letters(&scene, scene.base, NULL, "owi---s-p-");
	check_field(&scene, scene.base, NULL, "lv_health_status", "partial");
	scene_close(&scene);
}

TEST("letters without a kernel to ask")
{
	struct scene scene;

	scene_open(&scene);
	scene.gather.live = NULL;
	check_letters(&scene, scene.base, NULL, "owi-XXs---");
	check_field(&scene, scene.store, NULL, "snap_state", "unknown");
	check_field(&scene, scene.base, NULL, "snap_state", "");
	check_field(&scene, scene.base, NULL, "lv_active_locally", "unknown");
	check_field(&scene, scene.base, NULL, "lv_active_remotely", "unknown");
	check_field(&scene, scene.base, NULL, "lv_active_exclusively", "unknown");
	snapshot_begin_merge(scene.snapshot);
	check_field(&scene, scene.store, NULL, "snap_state", "unknown");
	scene_close(&scene);
}

TEST("letters of active volumes tell device and snapshot")
{
	static const struct snapshot_status good = { .state = SNAPSHOT_GOOD };
	static const struct snapshot_status invalid = { .state = SNAPSHOT_INVALID };
	static const struct snapshot_status failed = { .state = SNAPSHOT_MERGE_FAILED };
	struct live_device *base, *snap, *other;
	struct scene scene;

	scene_open(&scene);
	base = activate(&scene, scene.base, "vg0-base", "0 32768 snapshot-origin 254:1\n");
	snap = activate(&scene, scene.store, "vg0-snap", "0 32768 snapshot 254:1 254:2 P 8\n");
	other = activate(&scene, scene.other, "vg0-other", "0 32768 linear 8:0 0\n");
	check_letters(&scene, scene.base, NULL, "owi-a-s---");
	check_letters(&scene, scene.store, &good, "swi-a-s---");
	check_letters(&scene, scene.store, &invalid, "swi-I-s---");
	check_letters(&scene, scene.store, &failed, "swi-m-s---");

	base->open_count = 1;
	check_letters(&scene, scene.base, NULL, "owi-aos---");
	snap->suspended = true;
	check_letters(&scene, scene.store, &good, "swi-s-s---");
	check_letters(&scene, scene.store, &invalid, "swi-S-s---");
	check_letters(&scene, scene.store, &failed, "swi-M-s---");

	other->read_only = true;
	check_letters(&scene, scene.other, NULL, "-Ri-a-----");
	check_field(&scene, scene.other, NULL, "lv_permissions", "read-only-override");
	other->table = "";
	check_letters(&scene, scene.other, NULL, "-Ri-d-----");
	other->has_inactive = true;
	check_letters(&scene, scene.other, NULL, "-Ri-i-----");
	scene_close(&scene);
}

TEST("a device of the volume's name that is another's is not the volume's")
{
	struct scene scene;

	scene_open(&scene);
	live_add(scene.live, "vg0-other", "LVM-somebody", 254, 7, "0 8 linear 8:0 0\n");
	check_letters(&scene, scene.other, NULL, "-wi-------");
	check_field(&scene, scene.other, NULL, "lv_kernel_minor", "-1");
	scene_close(&scene);
}

/* The words, in their order, with a comma between them. */
static void check_layout(struct scene *scene, const struct lv *lv, const char *wanted)
{
	struct row row = { .gather = &scene->gather, .group = &scene->group, .lv = lv };
	const struct dm_str_list *word;
	const char *text = NULL;
	struct value value;

	field_find("lv_layout", strlen("lv_layout"), "")->get(&row, &value);
	dm_list_iterate_items(word, value.words)
		text = text ? gather_text(&scene->gather, "%s,%s", text, word->str) : word->str;
	CHECK_TEXT(text, wanted);
}

/* A volume of another tool's: the entries of its segment, and the volumes they name. */
static struct lv *add_foreign(struct scene *scene, const char *name, const char *type,
			      const char *const entries[], struct lv *const on[])
{
	struct lv *lv = lv_new(scene->vg, name);
	struct segment *segment = vg_alloc(scene->vg, sizeof(*segment));

	*segment = (struct segment) { .lv = lv, .kind = SEGMENT_FOREIGN, .type = type, .len = 4 };
	dm_list_init(&segment->tags);
	dm_list_init(&segment->extras);
	segment->stripes = vg_alloc(scene->vg, 4 * sizeof(*segment->stripes));
	while (*entries)
		words_add(scene->vg, &segment->extras, *entries++);
	while (*on)
		segment->stripes[segment->stripe_count++].lv = *on++;
	dm_list_add(&lv->segments, &segment->list);
	return lv;
}

TEST("volumes of other tools show their pool, their origin and how they are laid out")
{
	const struct lv *lvs[4];
	struct lv *data, *pool, *thin;
	struct live_device *device;
	struct scene scene;

	scene_open(&scene);
	data = scene.other;
	pool = add_foreign(&scene, "pool", "thin-pool",
			   (const char *const[]) { "pool = \"other\"", "zero_new_blocks = 1", NULL },
			   (struct lv *const[]) { data, NULL });
	thin = add_foreign(&scene, "thin", "thin",
			   (const char *const[]) { "thin_pool = \"pool\"", "origin = \"gone\"", NULL },
			   (struct lv *const[]) { pool, NULL });
	lvs[0] = add_foreign(&scene, "copy", "thin",
			     (const char *const[]) { "thin_pool = \"pool\"", "origin = \"thin\"", NULL },
			     (struct lv *const[]) { pool, thin, NULL });
	lvs[1] = add_foreign(&scene, "fast", "cache",
			     (const char *const[]) { "cache_pool = \"pool\"", "origin = \"other\"", NULL },
			     (struct lv *const[]) { pool, data, NULL });
	lvs[2] = add_foreign(&scene, "twice", "raid1", (const char *const[]) { NULL },
			     (struct lv *const[]) { data, NULL });

	check_letters(&scene, pool, NULL, "twi---tz--");
	check_letters(&scene, thin, NULL, "Vwi---tz--");
	check_letters(&scene, lvs[1], NULL, "Cwi---C---");
	check_letters(&scene, lvs[2], NULL, "rwi---r---");
	check_layout(&scene, pool, "thin,pool");
	check_layout(&scene, thin, "thin,sparse");
	check_layout(&scene, lvs[1], "cache");
	check_layout(&scene, lvs[2], "raid,raid1");
	check_layout(&scene, data, "linear");
	check_field(&scene, pool, NULL, "pool_lv", "");
	check_field(&scene, thin, NULL, "pool_lv", "pool");
	check_field(&scene, thin, NULL, "origin", "");
	check_field(&scene, lvs[0], NULL, "origin", "thin");
	check_field(&scene, lvs[1], NULL, "origin", "other");

	/* what works for a pool is another device than the one that has its name, which may only be read */
	device = activate(&scene, pool, "vg0-pool-tpool", "0 8 thin-pool");
	device->uuid = gather_text(&scene.gather, "%s-tpool", device->uuid);
	device->open_count = 1;
	activate(&scene, pool, "vg0-pool", "0 8 linear")->read_only = true;
	check_letters(&scene, pool, NULL, "twi-aotz--");
	scene_close(&scene);
}

TEST("states of snapshots in words")
{
	static const struct snapshot_status good = { .state = SNAPSHOT_GOOD };
	static const struct snapshot_status invalid = { .state = SNAPSHOT_INVALID };
	static const struct snapshot_status overflow = { .state = SNAPSHOT_OVERFLOW };
	static const struct snapshot_status merging = { .state = SNAPSHOT_GOOD, .merge = true };
	static const struct snapshot_status failed = { .state = SNAPSHOT_MERGE_FAILED,
						       .merge = true };
	struct live_device *base;
	struct scene scene;

	scene_open(&scene);
	check_field(&scene, scene.base, NULL, "snap_state", "");
	check_field(&scene, scene.store, NULL, "snap_state", "inactive");
	base = activate(&scene, scene.base, "vg0-base", "0 32768 snapshot-origin 254:1\n");
	activate(&scene, scene.store, "vg0-snap", "0 32768 snapshot 254:1 254:2 P 8\n");
	check_field(&scene, scene.store, &good, "snap_state", "active");
	check_field(&scene, scene.store, &invalid, "snap_state", "invalid");
	check_field(&scene, scene.store, &overflow, "snap_state", "overflow");
	check_field(&scene, scene.store, &good, "merge_reason", "");

	snapshot_begin_merge(scene.snapshot);
	base->open_count = 1;
	check_field(&scene, scene.store, &good, "snap_state", "merge-pending");
	check_field(&scene, scene.store, &good, "merge_reason", "origin");
	live_find(scene.live, "vg0-snap")->open_count = 1;
	check_field(&scene, scene.store, &good, "merge_reason", "origin,snapshot");
	check_field(&scene, scene.store, &merging, "snap_state", "merging");
	check_field(&scene, scene.store, &merging, "merge_reason", "");
	check_field(&scene, scene.store, &failed, "snap_state", "merge-failed");
	scene_close(&scene);
}

TEST("fill is that of the store, merging the rest of it")
{
	const struct snapshot_status status = {
		.state = SNAPSHOT_GOOD,
		.merge = true,
		.used_sectors = 100,
		.total_sectors = 400,
		.metadata_sectors = 16,
	};
	struct scene scene;
	struct value value;

	scene_open(&scene);
	snapshot_begin_merge(scene.snapshot);
	struct row row = {
		.gather = &scene.gather, .lv = scene.store, .status = status, .status_known = true
	};

	field_find("data_percent", 12, "")->get(&row, &value);
	CHECK_INT(value.number, 25 * DM_PERCENT_1);
	field_find("merge_percent", 13, "")->get(&row, &value);
	CHECK_INT(value.number, 75 * DM_PERCENT_1);
	field_find("used_bytes", 10, "")->get(&row, &value);
	CHECK_INT(value.number, 51200);

	row.status.used_sectors = 16;
	field_find("data_percent", 12, "")->get(&row, &value);
	CHECK_INT(value.number, 0);
	row.status.state = SNAPSHOT_INVALID;
	field_find("data_percent", 12, "")->get(&row, &value);
	CHECK_INT(value.number, DM_PERCENT_100);
	row.status.state = SNAPSHOT_MERGE_FAILED;
	field_find("data_percent", 12, "")->get(&row, &value);
	CHECK_INT(value.kind, VALUE_BLANK);
	scene_close(&scene);
}

TEST("letters of groups and devices")
{
	char vg_text[VG_ATTRIBUTES + 1], pv_text[PV_ATTRIBUTES + 1];
	struct disk_facts disk = { .path = "/dev/sdx" };
	struct scene scene;

	scene_open(&scene);
	struct row row = { .gather = &scene.gather,
			   .group = &scene.group,
			   .disk = &disk,
			   .pv = dm_list_item(dm_list_first(&scene.vg->pvs), struct pv) };

	scene.vg->alloc = ALLOC_NORMAL;
	CHECK_TEXT(vg_attributes(scene.vg, vg_text), "wz--n-");
	CHECK_TEXT(pv_attributes(&row, pv_text), "a--");

	scene.vg->flags = VG_READ | VG_EXPORTED | VG_PARTIAL;
	scene.vg->alloc = ALLOC_ANYWHERE;
	scene.vg->lock_type = "sanlock";
	CHECK_TEXT(vg_attributes(scene.vg, vg_text), "r-xpas");
	row.disk = NULL;
	CHECK_TEXT(pv_attributes(&row, pv_text), "axm");

	row = (struct row) { .gather = &scene.gather, .disk = &disk };
	CHECK_TEXT(pv_attributes(&row, pv_text), "---");
	disk.used = true;
	CHECK_TEXT(pv_attributes(&row, pv_text), "u--");
	disk.duplicate = true;
	CHECK_TEXT(pv_attributes(&row, pv_text), "d--");
	scene_close(&scene);
}

TEST_MAIN
