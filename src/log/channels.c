/* SPDX-License-Identifier: ISC */
/*
 * The logs of services; see log.h.  A turn of the loop looks only at those
 * with lines, and at those that take none once in a while, so that neither
 * many logs nor many that hang are a burden.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "base/text.h"
#include "log/channel.h"

/* How soon those that took nothing are tried again. */
#define AGAIN_NS (50 * NUM_NS_PER_MS)

/* So long a log that nobody uses any more may take what it was left. */
#define PATIENCE_NS (60 * NUM_NS_PER_S)

#define BUCKETS     256

static struct {
	struct log_channel *buckets[BUCKETS]; /* all, by what they write to */
	struct log_channel *due;              /* they have lines */
	struct log_channel *stuck;            /* ... and did not take them */
	uint64_t again_ns;                    /* for those */
} channels;

static struct log_channel **
bucket_of(const struct log_options *options)
{
	const char *path = options->path != NULL ? options->path : "";
	unsigned int hash = (unsigned int)options->sink;

	for (; *path != '\0'; path++)
		hash = hash * 31 + (unsigned char)*path;
	return &channels.buckets[hash % BUCKETS];
}

static bool
is_same(const struct log_channel *c, const struct log_options *options)
{
	const struct log_outlet o = log_channel_outlet(options);

	return c->outlet.kind == o.kind && c->outlet.format == o.format &&
	    text_same(c->path, o.path);
}

static int
make(const struct log_options *options, struct log_channel **ret_channel,
    struct err *e)
{
	struct log_channel *c = calloc(1, sizeof(*c));
	int error;

	if (c == NULL)
		return err_memory(e);
	c->outlet = log_channel_outlet(options);
	if (c->outlet.path != NULL) {
		c->path = strdup(c->outlet.path);
		if (c->path == NULL) {
			free(c);
			return err_memory(e);
		}
		c->outlet.path = c->path;
	}
	error = c->outlet.kind->open(&c->outlet, e);
	if (error < 0) {
		free(c->path);
		free(c);
		return error;
	}
	log_channel_set_limit(c, options);
	*ret_channel = c;
	return 0;
}

int
log_channel_open(const struct log_options *options,
    struct log_channel **ret_channel, struct err *e)
{
	struct log_channel **bucket = bucket_of(options), *c = *bucket;
	int error;

	while (c != NULL && !is_same(c, options))
		c = c->next;
	if (c == NULL) {
		error = make(options, &c, e);
		if (error < 0)
			return error;
		c->bucket = bucket;
		c->next = *bucket;
		*bucket = c;
	}
	c->users++;
	*ret_channel = c;
	return 0;
}

static void
take_out(struct log_channel **list, const struct log_channel *c)
{
	while (*list != NULL && *list != c)
		list = &(*list)->next_due;
	if (*list != NULL)
		*list = c->next_due;
}

static void
free_channel(struct log_channel *c)
{
	struct log_channel **at = c->bucket;

	log_channel_end(c);
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	take_out(&channels.due, c);
	take_out(&channels.stuck, c);
	free(c);
}

void
log_channel_close(struct log_channel *c)
{
	if (c == NULL || --c->users > 0)
		return;
	if (log_channel_flush(c))
		free_channel(c);
	else
		c->give_up_ns = log_channel_clock() + PATIENCE_NS;
}

void
log_channels_due(struct log_channel *c)
{
	if (c->is_due)
		return;
	c->is_due = true;
	c->next_due = channels.due;
	channels.due = c;
}

/* Those in the list; what they do not take makes them stuck. */
static void
flush_list(struct log_channel *list, uint64_t now_ns)
{
	struct log_channel *next;

	for (struct log_channel *c = list; c != NULL; c = next) {
		next = c->next_due;
		/* It stays due meanwhile, so that nothing puts it in a list. */
		if (!log_channel_flush(c) &&
		    (c->users > 0 || now_ns < c->give_up_ns)) {
			c->next_due = channels.stuck;
			channels.stuck = c;
			continue;
		}
		c->is_due = false;
		if (c->users == 0)
			free_channel(c);
	}
}

bool
log_channels_flush(void)
{
	struct log_channel *due = channels.due, *stuck = channels.stuck;
	uint64_t now_ns;

	if (due == NULL && stuck == NULL)
		return true;
	now_ns = log_channel_clock();
	channels.due = NULL;
	if (stuck != NULL && now_ns >= channels.again_ns) {
		channels.again_ns = now_ns + AGAIN_NS;
		channels.stuck = NULL;
		flush_list(stuck, now_ns);
	}
	flush_list(due, now_ns);
	return channels.due == NULL && channels.stuck == NULL;
}

static struct log_channel *
first_from(size_t bucket)
{
	while (bucket < BUCKETS && channels.buckets[bucket] == NULL)
		bucket++;
	return bucket < BUCKETS ? channels.buckets[bucket] : NULL;
}

/* All of them, in no order; c is the one before, NULL at first. */
static struct log_channel *
next_of_all(const struct log_channel *c)
{
	if (c == NULL)
		return first_from(0);
	if (c->next != NULL)
		return c->next;
	return first_from((size_t)(c->bucket - channels.buckets) + 1);
}

void
log_channels_reopen(void)
{
	struct log_channel *c = NULL;
	struct err e;

	while ((c = next_of_all(c)) != NULL) {
		if (log_channel_reopen(c, &e) < 0)
			log_event(LOG_FAULT,
			    LOG_TEXT("what", "the log of a service stays open"),
			    LOG_TEXT("error", e.text));
	}
}

int
log_channels_give(uid_t uid)
{
	struct log_channel *c = NULL;
	int error = 0;

	while (error == 0 && (c = next_of_all(c)) != NULL)
		error = log_channel_give(c, uid);
	return error;
}

uint64_t
log_channels_pending(void)
{
	struct log_channel *c = NULL;
	uint64_t count = 0;

	while ((c = next_of_all(c)) != NULL)
		count += log_channel_waiting(c) + c->untold;
	return count;
}

void
log_channels_end(void)
{
	struct log_channel *c;

	while ((c = next_of_all(NULL)) != NULL)
		free_channel(c);
}
