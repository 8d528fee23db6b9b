/* SPDX-License-Identifier: ISC */
/* Sets of capabilities as text. */
#include "base/caps.h"
#include "tap.h"

static const char *
format(uint64_t set)
{
	static char buffer[256];
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	caps_format(set, &t);
	return buffer;
}

int
main(void)
{
	is_str(format(0), "none", "the empty set says so");
	is_str(format(CAPS_BIT(CAP_SETUID)), "CAP_SETUID", "one is its name");
	is_str(format(CAPS_BIT(CAP_SETUID) | CAPS_BIT(CAP_KILL) |
		   CAPS_BIT(CAP_SYS_RESOURCE)),
	    "CAP_KILL CAP_SETUID CAP_SYS_RESOURCE",
	    "several come in the order of their numbers");
	is_str(format(CAPS_BIT(63)), "a capability",
	    "one that nobody knows is no surprise");
	is_str(
	    caps_name(CAP_NET_BIND_SERVICE), "CAP_NET_BIND_SERVICE", "a name");
	is_str(caps_name(-1), "a capability", "no number is out of range");
	return done_testing();
}
