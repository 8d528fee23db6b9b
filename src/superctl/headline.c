/* SPDX-License-Identifier: ISC */
/* See headline.h. */
#include <string.h>

#include "superctl/headline.h"
#include "superctl/units.h"

enum paint
headline_paint(const char *state)
{
	static const struct {
		const char *state;
		enum paint paint;
	} paints[] = {
		{ "running", PAINT_GOOD },
		{ "full", PAINT_WARN },
		{ "waiting", PAINT_WARN },
		{ "paused", PAINT_WARN },
		{ "draining", PAINT_WARN },
		{ "stopping", PAINT_WARN },
		{ "short", PAINT_BAD },
		{ "disabled", PAINT_DIM },
		{ "retired", PAINT_DIM },
	};

	for (size_t i = 0; i < sizeof(paints) / sizeof(paints[0]); i++) {
		if (state != NULL && strcmp(state, paints[i].state) == 0)
			return paints[i].paint;
	}
	return PAINT_NONE;
}

/* "LEAD WHAT TAIL" if WHAT is known. */
static void
put(struct text *t, const char *lead, const char *what, const char *tail)
{
	if (what == NULL)
		return;
	text_string(t, lead);
	text_string(t, what);
	text_string(t, tail);
}

const char *
headline_live(const struct view *v)
{
	const char *live = view_units(v, "live", units_count);
	const char *most = view_units(v, "max", units_count);

	if (live == NULL || most == NULL)
		return live;
	return view_keep(v, "%s/%s", live, most);
}

static void
put_what(const struct view *v, struct text *t)
{
	const char *state = view_text(v, "state");
	enum paint paint = headline_paint(state);
	double upgrades;

	put(t, "superd ", view_text(v, "version"), "");
	put(t, " (pid ", view_text(v, "pid"), ")");
	text_string(t, " is ");
	text_string(t, screen_paint(v->screen, paint));
	text_string(t, state != NULL ? state : "there");
	text_string(t, screen_plain(v->screen, paint));
	put(t, " for ", view_units(v, "uptime", units_span), "");
	put(t, ", generation ", view_text(v, "generation"), "");
	put(t, " of ", view_text(v, "config"), "");
	if (view_number(v, "upgrades", &upgrades) && upgrades > 0)
		put(t, ", upgrades ", view_text(v, "upgrades"), "");
	text_char(t, '\n');
}

void
headline_put(const struct view *v, struct text *t)
{
	double dropped;

	put_what(v, t);
	put(t, "", headline_live(v), " live");
	put(t, ", ", view_units(v, "rate", units_rate), "/s");
	put(t, ", accepted ", view_units(v, "accepted", units_count), "");
	put(t, ", refused ", view_units(v, "refused", units_count), "");
	put(t, ", services ", view_units(v, "services", units_count), "");
	put(t, ", bans ", view_units(v, "bans", units_count), "");
	put(t, ", log ", view_text(v, "log_level"), "");
	if (view_number(v, "log_dropped", &dropped) && dropped > 0)
		put(t, ", log lines lost ",
		    view_units(v, "log_dropped", units_count), "");
}
