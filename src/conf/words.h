/* SPDX-License-Identifier: ISC */
/*
 * A value split into words as a shell splits it, without its expansions:
 * '...', "..." (with \" and \\), \x for a single x, and $'...' with the
 * escapes of C, so that any byte but NUL can be said.
 */
#ifndef SUPERD_CONF_WORDS_H
#define SUPERD_CONF_WORDS_H

#include "base/err.h"
#include "conf/conf.h"

struct arena;

/*
 * Words with blanks between them; the words live in arena.  Returns 0,
 * -EINVAL (a quote that is not closed, ...) or -ENOMEM.
 */
int conf_words_split(struct arena *arena, const char *text,
    struct conf_words *ret_words, struct err *e);

/* The same with blanks or commas between the words. */
int conf_words_split_list(struct arena *arena, const char *text,
    struct conf_words *ret_words, struct err *e);

/*
 * One text: as it stands, or, if it begins with a quote, the single word
 * that it must then be.
 */
int conf_words_unquote(struct arena *arena, const char *text,
    const char **ret_text, struct err *e);

#endif
