/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_AUTO_H
#define SNAPVOL_BASE_AUTO_H

/*
 * Variables that clean up behind themselves.
 *
 * AUTO_FREE and AUTO_CLOSE free a pointer or close a descriptor when the variable goes out
 * of scope.  AUTO(type) does the same through type_free(), which takes the address of the
 * variable and accepts a variable that holds NULL.  TAKE() hands what a variable owns to the
 * caller and leaves the variable empty.  Every such variable must be initialised.
 */

#include <stdlib.h>
#include <unistd.h>

static inline void auto_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void auto_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_FREE __attribute__((cleanup(auto_free)))
#define AUTO_CLOSE __attribute__((cleanup(auto_close)))
#define AUTO(type) __attribute__((cleanup(type##_free)))

#define TAKE(variable)                                                                             \
	({                                                                                         \
		__typeof__(variable) taken_ = (variable);                                          \
		(variable) = NULL;                                                                 \
		taken_;                                                                            \
	})

#endif
