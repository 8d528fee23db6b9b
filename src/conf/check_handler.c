/* SPDX-License-Identifier: ISC */
/* Each service's handler is found once; services that share it share that. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/check.h"
#include "conf/find.h"
#include "conf/rooted.h"

struct answer {
	const char *file; /* NULL: there is a mistake */
	const char *mistake, *warning;
	bool script;
};

static const char *
keep(struct conf_check *c, const char *sentence)
{
	const char *kept = arena_string(c->b->rows.arena, sentence);

	return kept == NULL ? "out of memory" : kept;
}

/* Anybody may write: anybody becomes the service's user. */
static void
check_trust(struct conf_check *c, const char *root, struct answer *answer)
{
	char *directory = arena_string(c->b->rows.arena, answer->file);
	char quoted[CONF_QUOTED_SIZE];
	struct stat st;
	char *slash;

	if (directory == NULL || !c->b->source->as_root)
		return;
	slash = strrchr(directory, '/');
	slash[slash == directory ? 1 : 0] = '\0';
	if (conf_rooted_stat(root, answer->file, &st) == 0 &&
	    (st.st_mode & S_IWOTH) != 0)
		answer->warning = arena_printf(c->b->rows.arena,
		    "anybody may write to '%s': chmod o-w",
		    conf_quoted(answer->file, quoted));
	else if (conf_rooted_stat(root, directory, &st) == 0 &&
	    (st.st_mode & S_IWOTH) != 0 && (st.st_mode & S_ISVTX) == 0)
		answer->warning = arena_printf(c->b->rows.arena,
		    "anybody may replace the handler: chmod o-w '%s'",
		    conf_quoted(directory, quoted));
}

static int
look(struct conf_check *c, const struct conf_find *find, const char *word,
    struct answer *answer)
{
	const char *file = NULL;
	struct err e;
	int error = conf_find_program(find, word, &file, &e);

	if (error == 0)
		error = conf_find_interpreter(find, file, &e);
	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		answer->mistake = keep(c, e.text);
		return 0;
	}
	answer->script = error == 1;
	answer->file = file;
	check_trust(c, find->root, answer);
	return 0;
}

static int
find_answer(struct conf_check *c, size_t i, const struct answer **ret_answer)
{
	const struct conf_service *s = &c->b->conf->services[i];
	const struct conf_find find = {
		.arena = c->b->conf->arena,
		.root = s->chroot,
		.directory = c->b->origins[i].directory,
		.handler_path = &c->b->conf->daemon.handler_path,
		.as_root = c->b->source->as_root,
	};
	const char *word = s->handler.word[0];
	char *key = arena_printf(c->b->rows.arena, "h%s\n%s\n%s",
	    s->chroot == NULL ? "" : s->chroot,
	    strchr(word, '/') == NULL ? "" : find.directory, word);
	struct answer *answer;

	if (key == NULL)
		return -ENOMEM;
	*ret_answer = conf_index_find(&c->known, key, strlen(key));
	if (*ret_answer != NULL)
		return 0;
	answer = arena_alloc(c->b->rows.arena, sizeof(*answer));
	if (answer == NULL || look(c, &find, word, answer) < 0)
		return -ENOMEM;
	*ret_answer = answer;
	return conf_index_add(&c->known, key, strlen(key), answer);
}

int
conf_check_handler(struct conf_check *c, size_t i)
{
	struct conf_service *s = &c->b->conf->services[i];
	char where[CONF_QUOTED_SIZE];
	const struct answer *answer;
	int error;

	if (s->handler.count == 0)
		return 0;
	error = find_answer(c, i, &answer);
	if (error < 0)
		return error;
	(void)conf_build_where(c->b, i, CONF_SET_BY_SERVICE, where);
	if (answer->mistake != NULL)
		conf_mistake(c->b->findings, &s->handler_place,
		    "%s: handler: %s", where, answer->mistake);
	if (answer->warning != NULL)
		conf_warning(c->b->findings, &s->handler_place,
		    "%s: handler: %s", where, answer->warning);
	s->handler_file = answer->file;
	return 0;
}
