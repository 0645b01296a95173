/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects of other libraries. A program can get libbpf's functions by dlsym() and make a
 * ring_buffer with them. LD_PRELOAD binds libbpf's own calls to this library, which passes that
 * ring_buffer on to the function of the library that made it.
 */
#ifndef DROPIN_FOREIGN_H
#define DROPIN_FOREIGN_H

#include <errno.h>
#include <stdbool.h>

typedef void foreign_function(void);

/* The first field of each object of this library points to this, and that of no other object. */
extern const char made_here;

static inline bool is_foreign(const void *object)
{
	return *(const void *const *)object != &made_here;
}

/*
 * The function @name of the library that made @object: the library that contains @caller, a return
 * address or NULL; else the remembered one; else any loaded one but this. NULL if there is none.
 */
foreign_function *foreign_find(const void *object, const char *name, const void *caller);

/*
 * Remembers that the library that contains @function made @object, until @owner is forgotten: the
 * ring_buffer that @object is, or is a ring of.
 */
void foreign_remember(const void *object, const void *owner, foreign_function *function);
void foreign_forget(const void *owner);

/* For use in the exported function @function: that of the library that made @object, or NULL. */
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
