/* SPDX-License-Identifier: ISC */

/*
 * env: tells the client who it is, where it came in, and then the environment
 * that a handler sees.  For trying things out: what pass_environment brings
 * in, this shows to everyone who connects.
 */

#include "tiny.h"

const char tiny_name[] = "env";

/* "LABEL VALUE" if the variable is there. */
static void
add(struct tiny_out *out, const char *label, const char *value)
{
	if (value == NULL)
		return;
	tiny_out_text(out, label);
	tiny_out_escaped(out, value);
}

static void
add_client(struct tiny_out *out, char **envp)
{
	const char *address = tiny_getenv(envp, "TCPREMOTEIP");
	const char *process = tiny_getenv(envp, "UNIXREMOTEPID");

	if (address != NULL) {
		add(out, "You are ", address);
		add(out, ", port ", tiny_getenv(envp, "TCPREMOTEPORT"));
	} else if (process != NULL) {
		add(out, "You are process ", process);
		add(out, ", user ", tiny_getenv(envp, "UNIXREMOTEEUID"));
		add(out, ", group ", tiny_getenv(envp, "UNIXREMOTEEGID"));
	} else {
		tiny_out_text(out, "You are someone on stdin");
	}
	tiny_out_text(out, ".\n");
}

static void
add_place(struct tiny_out *out, char **envp)
{
	const char *service = tiny_getenv(envp, "SUPERD_SERVICE");

	if (service == NULL)
		return;
	add(out, "This is service ", service);
	add(out, " at ", tiny_getenv(envp, "TCPLOCALIP"));
	add(out, ", port ", tiny_getenv(envp, "TCPLOCALPORT"));
	add(out, " at ", tiny_getenv(envp, "UNIXLOCALPATH"));
	add(out, ", connection ", tiny_getenv(envp, "SUPERD_CONNECTION"));
	tiny_out_text(out, ".\n");
}

int
tiny_main(int argc, char **argv, char **envp)
{
	struct tiny_out out;

	tiny_check_arguments(argc, argv, 0, "");
	tiny_out_init(&out, TINY_OUT);
	add_client(&out, envp);
	add_place(&out, envp);
	tiny_out_text(&out, "\n");
	for (; *envp != NULL; envp++) {
		tiny_out_escaped(&out, *envp);
		tiny_out_char(&out, '\n');
	}
	tiny_out_flush(&out);
	tiny_discard_input();
	return TINY_DONE;
}
