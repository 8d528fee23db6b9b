/* SPDX-License-Identifier: ISC */
/* Users and groups, by name or number. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/schema.h"
#include "conf/words.h"

static int
parse_user(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return conf_ids_user(c->ids, text, ret_field, e);
}

static int
parse_group(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	return conf_ids_group(c->ids, text, ret_field, e);
}

/* The word `none` alone: no supplementary group. */
static bool
is_none(const struct conf_words *words)
{
	return words->count == 1 && strcmp(words->word[0], "none") == 0;
}

static int
look_up_all(const struct conf_context *c, const struct conf_words *words,
    struct conf_groups *groups, struct err *e)
{
	struct conf_group group;
	int error = 0;

	groups->gid = arena_array(c->arena, words->count, sizeof(gid_t));
	groups->name = arena_array(c->arena, words->count, sizeof(char *));
	if (groups->gid == NULL || groups->name == NULL)
		return err_memory(e);
	for (size_t i = 0; error == 0 && i < words->count; i++) {
		error = conf_ids_group(c->ids, words->word[i], &group, e);
		if (error < 0)
			break;
		groups->gid[i] = group.gid;
		groups->name[i] = group.name;
		groups->count++;
	}
	return error;
}

static int
parse_groups(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_groups groups = { .set = true };
	struct conf_words words;
	int error = conf_words_split_list(c->arena, text, &words, e);

	if (error == 0 && words.count == 0)
		error = err_set(e, EINVAL,
		    "names no group ('none' means no further group)");
	if (error == 0 && !is_none(&words))
		error = look_up_all(c, &words, &groups, e);
	if (error == 0)
		*(struct conf_groups *)ret_field = groups;
	return error;
}

static void
write_user(const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_user *user = field;

	(void)key;
	if (user->name != NULL)
		conf_writer_word(w, user->name);
}

static void
write_group(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_group *group = field;

	(void)key;
	if (group->name != NULL)
		conf_writer_word(w, group->name);
}

static void
write_groups(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_groups *groups = field;

	(void)key;
	if (groups->set && groups->count == 0)
		conf_writer_word(w, "none");
	for (size_t i = 0; i < groups->count; i++)
		conf_writer_word(w, groups->name[i]);
}

const struct conf_type conf_type_user = { "user", parse_user, write_user,
	NULL };
const struct conf_type conf_type_group = { "group", parse_group, write_group,
	NULL };
const struct conf_type conf_type_groups = { "groups", parse_groups,
	write_groups, NULL };
