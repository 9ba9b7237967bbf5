/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_TEXT_H
#define SNAPVOL_BASE_TEXT_H

/*
 * Translated text: _() looks a message up, N_() marks one that is looked up later.
 */

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

#endif
