/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects of other libraries. A program can take libbpf's functions by dlsym() from its handle, and
 * so have libbpf make a ring_buffer. What libbpf then calls by itself is bound to this library by
 * LD_PRELOAD, and gets that ring_buffer: it is handed to the function of the library that made it.
 */
#ifndef DROPIN_FOREIGN_H
#define DROPIN_FOREIGN_H

#include <errno.h>
#include <stdbool.h>

typedef void foreign_function(void);

/* What the first field of each object of this library points to, and of no other's. */
extern const char made_here;

static inline bool is_foreign(const void *object)
{
	return *(const void *const *)object != &made_here;
}

/*
 * The function @name of the library that made @object: of the library that has @caller, a return
 * address or NULL; else of the one that is remembered; else of any loaded one but this. NULL if
 * there is none.
 */
foreign_function *foreign_find(const void *object, const char *name, const void *caller);

/*
 * Remembers that the library that has @function made @object, until @owner is forgotten: the
 * ring_buffer that @object is, or is a ring of.
 */
void foreign_remember(const void *object, const void *owner, foreign_function *function);
void foreign_forget(const void *owner);

/* In the exported function @function: that of the library that made @object, or NULL. */
#define FOREIGN(object, function) \
	((__typeof__(function) *)foreign_find(object, #function, __builtin_return_address(0)))

/* The same: if @object is foreign, returns what that function returns for the arguments, or @failed
 * with EOPNOTSUPP. */
#define HAND_ON(object, function, failed, ...)        \
	do {                                          \
		__typeof__(function) *foreign_;       \
                                                      \
		if (!is_foreign(object))              \
			break;                        \
		foreign_ = FOREIGN(object, function); \
		if (foreign_)                         \
			return foreign_(__VA_ARGS__); \
		errno = EOPNOTSUPP;                   \
		return failed;                        \
	} while (0)

#endif
