/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "lock.h"

const char made_here;

struct maker {
	struct maker *next;
	const void *object; /* NULL: not in use */
	const void *owner;
	const void *address; /* in the library that made the object */
};

static struct maker *makers;

/* The entry of an object, or NULL; with NULL, one that is not in use. */
static struct maker *entry_of(const void *object)
{
	struct maker *m = makers;

	while (m && m->object != object)
		m = m->next;
	return m;
}

static struct maker *new_entry(void)
{
	struct maker *m = entry_of(NULL);

	if (m)
		return m;
	m = malloc(sizeof(*m));
	if (!m)
		return NULL;
	m->next = makers;
	makers = m;
	return m;
}

void foreign_remember(const void *object, const void *owner, foreign_function *function)
{
	struct maker *m;

	lock();
	m = entry_of(object);
	if (!m)
		m = new_entry();
	if (m) {
		m->object = object;
		m->owner = owner;
		memcpy(&m->address, &function, sizeof(function));
	}
	unlock();
}

void foreign_forget(const void *owner)
{
	lock();
	for (struct maker *m = makers; m; m = m->next)
		if (m->object && m->owner == owner)
			m->object = NULL;
	unlock();
}

static const void *maker_of(const void *object)
{
	const void *address;
	struct maker *m;

	lock();
	m = entry_of(object);
	address = m ? m->address : NULL;
	unlock();
	return address;
}

/* Where the library that has @address begins, or NULL. */
static const void *base_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) ? info.dli_fbase : NULL;
}

/* The function @name of the library that contains @address, or of one that it needs, but not of
 * this library. */
static void *function_near(const void *address, const char *name)
{
	void *handle, *function;
	Dl_info info;

	if (!dladdr(address, &info) || !info.dli_fname)
		return NULL;
	handle = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
	if (!handle)
		return NULL;
	function = dlsym(handle, name);
	dlclose(handle);
	return function && base_of(function) != base_of(&made_here) ? function : NULL;
}

struct place {
	size_t index;
	const void *address;
};

/* Finds an address in the library with an index. */
static int find_place(struct dl_phdr_info *info, size_t size, void *context)
{
	struct place *place = context;

	(void)size;
	if (place->index-- > 0)
		return 0;
	for (size_t i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD) {
			place->address =
				(const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
			break;
		}
	return 1;
}

/* The function @name of any loaded library but this one, including those opened with RTLD_LOCAL,
 * which RTLD_NEXT does not find. */
static void *function_anywhere(const char *name)
{
	void *function = NULL;

	for (size_t i = 0; !function; i++) {
		struct place place = { .index = i };

		/* Not inside the iteration: it holds a lock that dlopen() takes. */
		if (!dl_iterate_phdr(find_place, &place))
			break;
		if (place.address)
			function = function_near(place.address, name);
	}
	return function;
}

foreign_function *foreign_find(const void *object, const char *name, const void *caller)
{
	void *found = function_near(caller, name);
	foreign_function *function;

	if (!found || base_of(found) != base_of(caller)) {
		const void *maker = maker_of(object);

		found = maker ? function_near(maker, name) : function_anywhere(name);
	}
	memcpy(&function, &found, sizeof(function));
	return function;
}
