/* SPDX-License-Identifier: ISC */
/* Names of capabilities. */
#include "base/caps.h"

#include <stddef.h>

#define CAPS_MOST 64

static const char *const names[] = {
	[CAP_CHOWN] = "CAP_CHOWN",
	[CAP_KILL] = "CAP_KILL",
	[CAP_SETGID] = "CAP_SETGID",
	[CAP_SETUID] = "CAP_SETUID",
	[CAP_NET_BIND_SERVICE] = "CAP_NET_BIND_SERVICE",
	[CAP_NET_ADMIN] = "CAP_NET_ADMIN",
	[CAP_SYS_CHROOT] = "CAP_SYS_CHROOT",
	[CAP_SYS_NICE] = "CAP_SYS_NICE",
	[CAP_SYS_RESOURCE] = "CAP_SYS_RESOURCE",
};

const char *
caps_name(int capability)
{
	size_t i = (size_t)capability;

	if (i >= sizeof(names) / sizeof(names[0]) || names[i] == NULL)
		return "a capability";
	return names[i];
}

void
caps_format(uint64_t set, struct text *t)
{
	const char *separator = "";

	if (set == 0)
		text_string(t, "none");
	for (int i = 0; i < CAPS_MOST; i++) {
		if ((set & CAPS_BIT(i)) == 0)
			continue;
		text_string(t, separator);
		text_string(t, caps_name(i));
		separator = " ";
	}
}
