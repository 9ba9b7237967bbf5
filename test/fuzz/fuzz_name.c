/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operands and names of any bytes: whatever they are split into are legal names that fit, and a name
 * found good is legal.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "model/name.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char vg[NAME_LEN + 1], lv[NAME_LEN + 1];

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;

	if (name_split(text, "/dev", vg, lv) == 0) {
		assert(strlen(vg) <= NAME_LEN && strlen(lv) <= NAME_LEN);
		assert(name_is_legal(vg));
		assert(!lv[0] || name_is_legal(lv));
	}
	if (!name_refuse_vg(text))
		assert(name_is_legal(text));
	if (!name_refuse_lv("vg", text))
		assert(name_is_legal(text) && strlen(text) <= NAME_LEN);
	name_refuse_tag(text);
	return 0;
}
