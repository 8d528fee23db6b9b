/* SPDX-License-Identifier: ISC */
/* Where the control socket is: a path, or the usual place. */
#include <errno.h>
#include <string.h>

#include "base/addr.h"
#include "conf/path.h"
#include "conf/schema.h"
#include "conf/words.h"

static int
parse_control(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_control control = { .automatic = true };
	struct addr unused;
	const char *word;
	int error = conf_words_unquote(c->arena, text, &word, e);

	if (error == 0 && strcmp(word, "auto") != 0) {
		if (strchr(word, '/') == NULL)
			return err_set(e, EINVAL,
			    "'auto' or the path of a socket is wanted, as in "
			    "/run/superd/control.sock");
		control.automatic = false;
		control.path = conf_path_join(c->arena, c->directory, word);
		if (control.path == NULL)
			return err_memory(e);
		error = addr_parse_unix(control.path, &unused, e);
	}
	if (error == 0)
		*(struct conf_control *)ret_field = control;
	return error;
}

static void
write_control(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_control *control = field;

	(void)key;
	if (control->automatic)
		conf_writer_word(w, "auto");
	else if (control->path != NULL)
		conf_writer_word(w, control->path);
}

const struct conf_type conf_type_control = { "control", parse_control,
	write_control, NULL };
