/* SPDX-License-Identifier: ISC */
/* Sources that are shut out: told, made, and lifted by hand. */
#include <errno.h>
#include <string.h>

#include "base/cidr.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/peer_text.h"
#include "core/say.h"
#include "core/service.h"
#include "ctl/job.h"
#include "ctl/json.h"
#include "gate/ban.h"

/* Places of the table that are looked at before others get their turn. */
#define SOURCES_MOST 8192

static void
put_ban(struct text *out, const struct core_service *s,
    const struct gate_source *source, uint64_t now_ns)
{
	char room[ADDR_TEXT_SIZE];

	ctl_json_begin(out);
	ctl_json_text(out, "service", s->name);
	ctl_json_text(out, "source", source_text(s, source->key, room));
	ctl_json_seconds(out, "left", source->banned_until_ns - now_ns);
	ctl_json_unsigned(out, "strikes", source->strikes);
	ctl_json_line_end(out);
}

/* job->part: where the walk over the table is. */
enum ctl_step
ctl_bans(struct ctl_job *job, struct text *out)
{
	struct core *core = job->core;
	uint64_t now_ns = core->loop.now_ns;

	while (ctl_has_room(out)) {
		const struct gate_source *source = gate_ban_next(
		    &core->sources, &job->part, SOURCES_MOST, now_ns);
		const struct core_service *s;

		if (source == NULL)
			return job->part < core->sources.used ? CTL_MORE
							      : CTL_DONE;
		s = service_by_number(
		    core, source->key.service & ~GATE_SOURCE_UNIX);
		if (s != NULL && s->conf != NULL)
			put_ban(out, s, source, now_ns);
	}
	return CTL_MORE;
}

/* Whom, and for whom: what ban and unban are asked. */
struct request {
	struct addr_peer peer;
	int length;      /* of a network; -1: one address */
	uint64_t for_ns; /* 0: as long as the service says */
	const struct core_service *only;
};

static bool
parse_source(const char *word, struct request *r, struct text *out)
{
	struct cidr net;
	struct err e;

	*r = (struct request) { .length = -1 };
	if (cidr_parse(word, &net, &e) < 0) {
		(void)ctl_error(out, "usage", "%s", e.text);
		return false;
	}
	if (cidr_is_v4(net.ip)) {
		r->peer.family = AF_INET;
		memcpy(r->peer.at.v4, &net.ip[12], 4);
		r->length = net.length - CIDR_V4_BITS;
	} else {
		r->peer.family = AF_INET6;
		memcpy(r->peer.at.v6, net.ip, 16);
		r->length = net.length;
	}
	if (strchr(word, '/') == NULL)
		r->length = -1;
	return true;
}

/* The service in word `at`, if there is one. */
static bool
parse_only(
    const struct ctl_job *job, size_t at, struct request *r, struct text *out)
{
	if (job->words <= at)
		return true;
	r->only = ctl_find_service(job->core, job->word[at], out);
	return r->only != NULL;
}

/* A ban is of a source, as the service counts them: no more, no less. */
static bool
fits(const struct core_service *s, const struct request *r, struct text *out)
{
	bool v4 = r->peer.family == AF_INET;
	uint64_t prefix = v4 ? s->conf->gate.source_prefix_v4
			     : s->conf->gate.source_prefix_v6;

	if (r->length < 0 || (uint64_t)r->length == prefix)
		return true;
	(void)ctl_error(out, "usage",
	    "a source of service '%s' is a /%ju (%s): name an address in it; "
	    "networks of another size stand in deny",
	    s->name, (uintmax_t)prefix,
	    v4 ? "source_prefix_v4" : "source_prefix_v6");
	return false;
}

static bool
key_of(const struct core_service *s, const struct request *r,
    struct gate_source_key *ret_key)
{
	return gate_source_key(&r->peer, s->gate.service,
	    (uint8_t)s->conf->gate.source_prefix_v4,
	    (uint8_t)s->conf->gate.source_prefix_v6, ret_key);
}

/* Is the service meant? */
static bool
is_meant(const struct core_service *s, const struct request *r)
{
	return s->named && (r->only == NULL || r->only == s);
}

static bool
all_fit(const struct core *core, const struct request *r, struct text *out)
{
	for (size_t i = 0; i < core->service_count; i++) {
		if (is_meant(core->services[i], r) &&
		    !fits(core->services[i], r, out))
			return false;
	}
	return true;
}

/* True if the table had a place for it. */
static bool
ban(struct core_service *s, const struct request *r, struct text *out)
{
	uint64_t now_ns = s->core->loop.now_ns;
	uint64_t for_ns = r->for_ns != 0 ? r->for_ns : s->conf->gate.ban.for_ns;
	struct gate_source_key key;

	if (!key_of(s, r, &key) || !gate_ban(&s->gate, now_ns, &key, for_ns))
		return false;
	say_ban(s, &r->peer, for_ns, "command");
	if (ctl_has_room(out))
		put_ban(
		    out, s, gate_sources_find(s->gate.sources, &key), now_ns);
	return true;
}

enum ctl_step
ctl_ban(struct ctl_job *job, struct text *out)
{
	struct core *core = job->core;
	struct request r;
	size_t banned = 0;

	if (!parse_source(job->word[1], &r, out))
		return CTL_ENDED;
	if (job->words > 2 &&
	    (num_parse_duration(job->word[2], &r.for_ns) < 0 || r.for_ns == 0))
		return ctl_error(out, "usage",
		    "'%.60s' is no duration: say 90s, 10m, 1h30m or 7d",
		    job->word[2]);
	if (!parse_only(job, 3, &r, out) || !all_fit(core, &r, out))
		return CTL_ENDED;
	for (size_t i = 0; i < core->service_count; i++) {
		if (!is_meant(core->services[i], &r))
			continue;
		if (!ban(core->services[i], &r, out))
			return ctl_error(out, "failed",
			    "the table of sources is full, so that only %zu "
			    "services ban it: max_sources in [superd] is %u",
			    banned, core->sources.capacity);
		banned++;
	}
	return CTL_DONE;
}

enum ctl_step
ctl_unban(struct ctl_job *job, struct text *out)
{
	struct core *core = job->core;
	uint64_t lifted = 0, now_ns = core->loop.now_ns;
	struct gate_source_key key;
	struct request r;

	if (!parse_source(job->word[1], &r, out) ||
	    !parse_only(job, 2, &r, out) || !all_fit(core, &r, out))
		return CTL_ENDED;
	for (size_t i = 0; i < core->service_count; i++) {
		struct core_service *s = core->services[i];
		struct gate_source *source;

		if (!is_meant(s, &r) || !key_of(s, &r, &key))
			continue;
		source = gate_sources_find(&core->sources, &key);
		if (source == NULL || !gate_ban_holds(source, now_ns))
			continue;
		gate_ban_lift(&core->sources, source, now_ns);
		say_unban(s, &key);
		lifted++;
	}
	if (lifted == 0)
		return ctl_error(
		    out, "missing", "'%.60s' is not banned", job->word[1]);
	ctl_json_begin(out);
	ctl_json_unsigned(out, "lifted", lifted);
	ctl_json_line_end(out);
	return CTL_DONE;
}
