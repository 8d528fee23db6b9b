/* SPDX-License-Identifier: ISC */
/*
 * The types of values.  Each is a pair of small functions: one reads a text
 * into the field of a struct, one writes the field as words that read the
 * same.
 */
#ifndef SUPERD_CONF_VALUE_H
#define SUPERD_CONF_VALUE_H

#include "base/err.h"
#include "conf/ids.h"
#include "conf/lists.h"
#include "conf/writer.h"

struct conf_key;

/* What a reading function may know. */
struct conf_context {
	struct arena *arena; /* of what the field points to */
	struct conf_ids *ids;
	struct conf_lists *lists;
	const char *directory; /* relative paths start there */
	const struct conf_key *key;
};

/*
 * text is not empty and has no blanks around it.  parse returns 0, -EINVAL
 * with what is wrong and what is allowed, or -ENOMEM.  write writes no word
 * for a field that is not set.
 */
struct conf_type {
	const char *name; /* as --keys prints it */
	int (*parse)(const struct conf_context *c, const char *text,
	    void *ret_field, struct err *e);
	void (*write)(const void *field, const struct conf_key *key,
	    struct conf_writer *w);
	/* How the ends of the range look; NULL if there is none. */
	const char *(*format)(uint64_t value, char buffer[32]);
};

/* value_number.c: bool, enums, numbers; with "option" for a conf_option. */
extern const struct conf_type conf_type_flag;     /* bool */
extern const struct conf_type conf_type_choice;   /* unsigned int */
extern const struct conf_type conf_type_set;      /* uint64_t, bits */
extern const struct conf_type conf_type_count;    /* uint64_t */
extern const struct conf_type conf_type_duration; /* uint64_t, ns */
extern const struct conf_type conf_type_mode;     /* uint64_t */
extern const struct conf_type conf_type_count_option;
extern const struct conf_type conf_type_size_option;
extern const struct conf_type conf_type_duration_option;
extern const struct conf_type conf_type_mode_option;
extern const struct conf_type conf_type_signed_option;
extern const struct conf_type conf_type_decimal_option; /* in hundredths */

/* value_limit.c: struct conf_limit. */
extern const struct conf_type conf_type_limit_count;
extern const struct conf_type conf_type_limit_size;
extern const struct conf_type conf_type_limit_time;

/* value_text.c */
extern const struct conf_type conf_type_text;    /* const char * */
extern const struct conf_type conf_type_message; /* const char * */
extern const struct conf_type conf_type_path;    /* const char * */
extern const struct conf_type conf_type_device;  /* const char * */
extern const struct conf_type conf_type_words;   /* conf_words */
extern const struct conf_type conf_type_paths;   /* conf_words */

/* value_log.c */
extern const struct conf_type conf_type_log; /* conf_log_to */

/* value_environment.c */
extern const struct conf_type conf_type_environment; /* conf_words */
extern const struct conf_type conf_type_names;       /* conf_words */

/* value_ids.c */
extern const struct conf_type conf_type_user;   /* conf_user */
extern const struct conf_type conf_type_group;  /* conf_group */
extern const struct conf_type conf_type_groups; /* conf_groups */

/* value_listen.c */
extern const struct conf_type conf_type_listen; /* conf_listens */

/* value_networks.c */
extern const struct conf_type conf_type_allow; /* conf_networks */
extern const struct conf_type conf_type_deny;  /* conf_networks */

/* value_rate.c: struct conf_rate, the second one without burst. */
extern const struct conf_type conf_type_rate;
extern const struct conf_type conf_type_frequency;

/* value_hours.c */
extern const struct conf_type conf_type_hours; /* conf_hours */

/* value_control.c */
extern const struct conf_type conf_type_control; /* conf_control */

/* value_ban_on.c */
extern const struct conf_type conf_type_ban_on; /* conf_ban_on */

#endif
