/* SPDX-License-Identifier: ISC */
/* One entry a name, found or not: what is unknown is asked for once, too. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/num.h"
#include "conf/ids.h"
#include "conf/report.h"

#define MEMBER_GROUPS_MAX 65536

struct entry {
	union {
		struct conf_user user;
		struct conf_group group;
	} is;
	const char *why_not; /* NULL: found */
};

struct gids {
	int count;
	gid_t *gid;
};

int
conf_ids_init(struct conf_ids *ids, struct arena *arena)
{
	*ids = (struct conf_ids) { .arena = arena };
	if (conf_index_init(&ids->users) == 0 &&
	    conf_index_init(&ids->groups) == 0 &&
	    conf_index_init(&ids->members) == 0)
		return 0;
	conf_ids_done(ids);
	return -ENOMEM;
}

void
conf_ids_done(struct conf_ids *ids)
{
	conf_index_done(&ids->users);
	conf_index_done(&ids->groups);
	conf_index_done(&ids->members);
}

/* (uid_t)-1 means "leave it" to the kernel: it is nobody's. */
static bool
is_id(const char *name, uint64_t *ret_id)
{
	return num_parse_unsigned(name, ret_id) == 0 && *ret_id < UINT32_MAX;
}

static const char *
why_not(struct conf_ids *ids, const char *kind, const char *name,
    const struct names_guess *guess)
{
	char quoted[CONF_QUOTED_SIZE];
	const char *sentence;

	if (guess->best != NULL)
		sentence = arena_printf(ids->arena,
		    "unknown %s '%s': did you mean '%s'?", kind,
		    conf_quoted(name, quoted), guess->best);
	else
		sentence = arena_printf(ids->arena, "unknown %s '%s'", kind,
		    conf_quoted(name, quoted));
	return sentence == NULL ? "out of memory" : sentence;
}

/* The nearest name is copied: the database's memory does not last. */
static const char *
why_no_user(struct conf_ids *ids, const char *name)
{
	const struct passwd *pw;
	struct names_guess guess;

	names_guess_init(&guess, name);
	setpwent();
	while ((pw = getpwent()) != NULL) {
		names_guess_offer(&guess, pw->pw_name);
		if (guess.best == pw->pw_name)
			guess.best = arena_string(ids->arena, pw->pw_name);
	}
	endpwent();
	return why_not(ids, "user", name, &guess);
}

static const char *
why_no_group(struct conf_ids *ids, const char *name)
{
	const struct group *gr;
	struct names_guess guess;

	names_guess_init(&guess, name);
	setgrent();
	while ((gr = getgrent()) != NULL) {
		names_guess_offer(&guess, gr->gr_name);
		if (guess.best == gr->gr_name)
			guess.best = arena_string(ids->arena, gr->gr_name);
	}
	endgrent();
	return why_not(ids, "group", name, &guess);
}

static const char *
failed_lookup(struct conf_ids *ids, const char *name, int error)
{
	char quoted[CONF_QUOTED_SIZE];
	const char *sentence =
	    arena_printf(ids->arena, "cannot look up '%s': %s",
		conf_quoted(name, quoted), strerror(error));

	return sentence == NULL ? "out of memory" : sentence;
}

/* What getpwnam() sets errno to when it simply has no such name. */
static bool
means_absent(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH ||
	    error == EBADF || error == EPERM;
}

static void
look_up_user(struct conf_ids *ids, const char *name, struct entry *entry)
{
	struct conf_user *user = &entry->is.user;
	const struct passwd *pw;
	uint64_t id;
	bool number = is_id(name, &id);

	errno = 0;
	pw = getpwnam(name);
	if (pw == NULL && number)
		pw = getpwuid((uid_t)id);
	if (pw == NULL && !number) {
		entry->why_not = means_absent(errno)
		    ? why_no_user(ids, name)
		    : failed_lookup(ids, name, errno);
		return;
	}
	user->name = arena_string(ids->arena, pw == NULL ? name : pw->pw_name);
	user->home = arena_string(ids->arena, pw == NULL ? "/" : pw->pw_dir);
	user->shell = arena_string(ids->arena,
	    pw == NULL || pw->pw_shell[0] == '\0' ? "/bin/sh" : pw->pw_shell);
	user->uid = pw == NULL ? (uid_t)id : pw->pw_uid;
	user->gid = pw == NULL ? (gid_t)-1 : pw->pw_gid;
	if (user->name == NULL || user->home == NULL || user->shell == NULL)
		entry->why_not = "out of memory";
}

static void
look_up_group(struct conf_ids *ids, const char *name, struct entry *entry)
{
	struct conf_group *group = &entry->is.group;
	const struct group *gr;
	uint64_t id;
	bool number = is_id(name, &id);

	errno = 0;
	gr = getgrnam(name);
	if (gr == NULL && number)
		gr = getgrgid((gid_t)id);
	if (gr == NULL && !number) {
		entry->why_not = means_absent(errno)
		    ? why_no_group(ids, name)
		    : failed_lookup(ids, name, errno);
		return;
	}
	group->name = arena_string(ids->arena, gr == NULL ? name : gr->gr_name);
	group->gid = gr == NULL ? (gid_t)id : gr->gr_gid;
	if (group->name == NULL)
		entry->why_not = "out of memory";
}

/* The entry of name, looked up if it is asked for the first time. */
static const struct entry *
find(struct conf_ids *ids, struct conf_index *index, const char *name,
    void (*look_up)(struct conf_ids *, const char *, struct entry *))
{
	struct entry *entry = conf_index_find(index, name, strlen(name));

	if (entry != NULL)
		return entry;
	entry = arena_alloc(ids->arena, sizeof(*entry));
	if (entry == NULL ||
	    conf_index_add(index, name, strlen(name), entry) < 0)
		return NULL;
	look_up(ids, name, entry);
	return entry;
}

int
conf_ids_user(struct conf_ids *ids, const char *name,
    struct conf_user *ret_user, struct err *e)
{
	const struct entry *entry = find(ids, &ids->users, name, look_up_user);

	if (entry == NULL)
		return err_memory(e);
	if (entry->why_not != NULL)
		return err_set(e, EINVAL, "%s", entry->why_not);
	*ret_user = entry->is.user;
	return 0;
}

int
conf_ids_group(struct conf_ids *ids, const char *name,
    struct conf_group *ret_group, struct err *e)
{
	const struct entry *entry =
	    find(ids, &ids->groups, name, look_up_group);

	if (entry == NULL)
		return err_memory(e);
	if (entry->why_not != NULL)
		return err_set(e, EINVAL, "%s", entry->why_not);
	*ret_group = entry->is.group;
	return 0;
}

static int
look_up_members(
    struct conf_ids *ids, const struct conf_user *user, struct gids *gids)
{
	int count = 64;

	for (;;) {
		gids->gid =
		    arena_array(ids->arena, (size_t)count, sizeof(gid_t));
		if (gids->gid == NULL)
			return -ENOMEM;
		gids->count = count;
		if (getgrouplist(
			user->name, user->gid, gids->gid, &gids->count) >= 0)
			return 0;
		if (count >= MEMBER_GROUPS_MAX)
			break;
		count *= 4;
	}
	gids->count = 0;
	return 0;
}

int
conf_ids_groups_of(
    struct conf_ids *ids, const struct conf_user *user, const gid_t **ret_gids)
{
	size_t length = strlen(user->name);
	struct gids *gids = conf_index_find(&ids->members, user->name, length);

	if (gids == NULL) {
		gids = arena_alloc(ids->arena, sizeof(*gids));
		if (gids == NULL || look_up_members(ids, user, gids) < 0 ||
		    conf_index_add(&ids->members, user->name, length, gids) < 0)
			return -ENOMEM;
	}
	*ret_gids = gids->gid;
	return gids->count;
}
