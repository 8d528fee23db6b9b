/* SPDX-License-Identifier: ISC */
/* The kinds of values but addresses and refusals; see state_value.h. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "core/state.h"
#include "core/state_value.h"
#include "core/state_value_long.h"

/* Of the kinds up to STATE_PID: bytes in memory, and what may be. */
struct number {
	size_t width;
	uint64_t least, most;
};

static const struct number numbers[] = {
	[STATE_U8] = { 1, 0, UINT8_MAX },
	[STATE_U16] = { 2, 0, UINT16_MAX },
	[STATE_U32] = { 4, 0, UINT32_MAX },
	[STATE_U64] = { 8, 0, UINT64_MAX },
	[STATE_FD] = { 4, 3, STATE_FD_MAX },
	[STATE_PID] = { 4, 1, STATE_PID_MAX },
};

#define KEY_SIZE 20

_Static_assert(STATE_NAME_MAX <= UINT16_MAX && STATE_PATH_MAX <= UINT16_MAX &&
	STATE_BYTES_MAX <= UINT16_MAX,
    "the length of a value has 16 bits");

const uint8_t state_value_least[STATE_KINDS] = {
	[STATE_U8] = 1,
	[STATE_U16] = 1,
	[STATE_U32] = 1,
	[STATE_U64] = 1,
	[STATE_FD] = 1,
	[STATE_PID] = 1,
	[STATE_NAME] = 1,
	[STATE_PATH] = 1,
	[STATE_BYTES] = 1,
	[STATE_ADDR] = 2,
	[STATE_PEER] = 2,
	[STATE_KEY] = KEY_SIZE,
	[STATE_IDENTITY] = 16,
	[STATE_REFUSALS] = 1,
};

static bool
is_number(enum state_kind kind)
{
	return kind <= STATE_PID;
}

/* The number in a struct; a negative one becomes too large for its kind. */
static uint64_t
load(enum state_kind kind, const void *at)
{
	switch (kind) {
	case STATE_U8:
		return *(const uint8_t *)at;
	case STATE_U16:
		return *(const uint16_t *)at;
	case STATE_U32:
		return *(const uint32_t *)at;
	case STATE_U64:
		return *(const uint64_t *)at;
	default:
		return (uint64_t)(int64_t) * (const int *)at;
	}
}

static void
store(enum state_kind kind, void *at, uint64_t value)
{
	switch (kind) {
	case STATE_U8:
		*(uint8_t *)at = (uint8_t)value;
		break;
	case STATE_U16:
		*(uint16_t *)at = (uint16_t)value;
		break;
	case STATE_U32:
		*(uint32_t *)at = (uint32_t)value;
		break;
	case STATE_U64:
		*(uint64_t *)at = value;
		break;
	default:
		*(int *)at = (int)value;
		break;
	}
}

static const char *
text_at(const void *at)
{
	return *(const char *const *)at;
}

bool
state_is_name(const char *text, size_t length, size_t most)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	}
	return length > 0 && length <= most;
}

bool
state_value_absent(enum state_kind kind, const void *at)
{
	switch (kind) {
	case STATE_FD:
		return *(const int *)at == -1;
	case STATE_NAME:
		return text_at(at) == NULL || text_at(at)[0] == '\0';
	case STATE_PATH:
		return text_at(at) == NULL;
	case STATE_BYTES:
		return ((const struct state_bytes *)at)->length == 0;
	case STATE_REFUSALS:
		return ((const struct state_refusals *)at)->count == 0;
	default:
		return is_number(kind) && load(kind, at) == 0;
	}
}

void
state_value_clear(enum state_kind kind, void *at)
{
	if (kind == STATE_FD)
		*(int *)at = -1;
	else if (kind == STATE_NAME)
		*(const char **)at = "";
}

static int
check_number(enum state_kind kind, const void *at, struct err *e)
{
	const struct number *n = &numbers[kind];
	uint64_t value = load(kind, at);

	if (value >= n->least && value <= n->most)
		return 0;
	return err_set(e, EINVAL,
	    "%jd is not from %ju to %ju: no %s can be that", (intmax_t)value,
	    (uintmax_t)n->least, (uintmax_t)n->most,
	    kind == STATE_FD ? "descriptor" : "process");
}

static int
check_name(const char *text, struct err *e)
{
	size_t length = text == NULL ? 0 : strnlen(text, STATE_NAME_MAX + 1);

	if (state_is_name(text, length, STATE_NAME_MAX))
		return 0;
	return err_set(e, EINVAL,
	    "no name: a name is 1 to %d printable characters without blanks",
	    STATE_NAME_MAX);
}

static int
check_path(const char *text, struct err *e)
{
	size_t length = strnlen(text, STATE_PATH_MAX + 1);

	if (length > 0 && length <= STATE_PATH_MAX)
		return 0;
	return err_set(
	    e, EINVAL, "no path: a path has 1 to %d bytes", STATE_PATH_MAX);
}

int
state_value_check(enum state_kind kind, const void *at, struct err *e)
{
	const struct state_bytes *bytes;

	switch (kind) {
	case STATE_NAME:
		return check_name(text_at(at), e);
	case STATE_PATH:
		return check_path(text_at(at), e);
	case STATE_BYTES:
		bytes = at;
		if (bytes->length > STATE_BYTES_MAX)
			return err_set(e, E2BIG,
			    "%zu bytes, at most %d can be handed over",
			    bytes->length, STATE_BYTES_MAX);
		return 0;
	case STATE_ADDR:
		return state_addr_check(at, e);
	case STATE_PEER:
		return state_peer_check(at, e);
	case STATE_REFUSALS:
		return state_refusals_check(at, e);
	default:
		return is_number(kind) ? check_number(kind, at, e) : 0;
	}
}

size_t
state_value_size(enum state_kind kind, const void *at)
{
	switch (kind) {
	case STATE_NAME:
	case STATE_PATH:
		return strlen(text_at(at));
	case STATE_BYTES:
		return ((const struct state_bytes *)at)->length;
	case STATE_ADDR:
		return state_addr_size(at);
	case STATE_PEER:
		return state_peer_size(at);
	case STATE_KEY:
		return KEY_SIZE;
	case STATE_IDENTITY:
		return 16;
	case STATE_REFUSALS:
		return state_refusals_size(at);
	default:
		return numbers[kind].width;
	}
}

static void
put_key(const struct gate_source_key *key, uint8_t *to)
{
	memcpy(to, key->ip, sizeof(key->ip));
	state_put_number(to + sizeof(key->ip), key->service, 4);
}

/* Widths that the compiler knows become one instruction. */
static void
put_number(enum state_kind kind, const void *at, uint8_t *to)
{
	uint64_t value = load(kind, at);

	switch (numbers[kind].width) {
	case 8:
		state_put_number(to, value, 8);
		break;
	case 4:
		state_put_number(to, value, 4);
		break;
	default:
		state_put_number(to, value, numbers[kind].width);
		break;
	}
}

void
state_value_put(enum state_kind kind, const void *at, uint8_t *to)
{
	const struct state_bytes *bytes = at;
	const struct state_identity *identity = at;

	switch (kind) {
	case STATE_NAME:
	case STATE_PATH:
		memcpy(to, text_at(at), strlen(text_at(at)));
		break;
	case STATE_BYTES:
		memcpy(to, bytes->at, bytes->length);
		break;
	case STATE_ADDR:
		state_addr_put(at, to);
		break;
	case STATE_PEER:
		state_peer_put(at, to);
		break;
	case STATE_KEY:
		put_key(at, to);
		break;
	case STATE_IDENTITY:
		state_put_number(to, identity->device, 8);
		state_put_number(to + 8, identity->inode, 8);
		break;
	case STATE_REFUSALS:
		state_refusals_put(at, to);
		break;
	default:
		put_number(kind, at, to);
		break;
	}
}

static int
get_number(enum state_kind kind, const struct state_span *from, void *at,
    struct err *e)
{
	size_t size = from->size;
	uint64_t value;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return err_set(e, EINVAL,
		    "a number of %zu bytes instead of 1, 2, 4 or 8", size);
	value = size == 8 ? state_get_number(from->at, 8)
			  : state_get_number(from->at, size);
	if (value < numbers[kind].least || value > numbers[kind].most)
		return err_set(e, EINVAL, "%ju is not from %ju to %ju",
		    (uintmax_t)value, (uintmax_t)numbers[kind].least,
		    (uintmax_t)numbers[kind].most);
	store(kind, at, value);
	return 0;
}

static int
get_text(const struct state_span *from, struct arena *arena, const char **ret,
    struct err *e)
{
	if (memchr(from->at, '\0', from->size) != NULL)
		return err_set(e, EINVAL, "text with a NUL in it");
	*ret = arena_string_n(arena, (const char *)from->at, from->size);
	return *ret == NULL ? err_memory(e) : 0;
}

static int
get_bytes(const struct state_span *from, struct arena *arena,
    struct state_bytes *ret, struct err *e)
{
	ret->length = from->size;
	ret->at = arena_string_n(arena, (const char *)from->at, from->size);
	return ret->at == NULL ? err_memory(e) : 0;
}

/* Of the kinds that have one size. */
static int
check_size(const struct state_span *from, size_t want, struct err *e)
{
	if (from->size == want)
		return 0;
	return err_set(e, EINVAL, "%zu bytes instead of %zu", from->size, want);
}

static int
get_key(
    const struct state_span *from, struct gate_source_key *ret, struct err *e)
{
	int error = check_size(from, KEY_SIZE, e);

	if (error < 0)
		return error;
	memcpy(ret->ip, from->at, sizeof(ret->ip));
	ret->service =
	    (uint32_t)state_get_number(from->at + sizeof(ret->ip), 4);
	return 0;
}

static int
get_identity(
    const struct state_span *from, struct state_identity *ret, struct err *e)
{
	int error = check_size(from, 16, e);

	if (error < 0)
		return error;
	ret->device = state_get_number(from->at, 8);
	ret->inode = state_get_number(from->at + 8, 8);
	return 0;
}

int
state_value_get(enum state_kind kind, const struct state_span *from,
    struct arena *arena, void *at, struct err *e)
{
	switch (kind) {
	case STATE_NAME:
	case STATE_PATH:
		return get_text(from, arena, at, e);
	case STATE_BYTES:
		return get_bytes(from, arena, at, e);
	case STATE_ADDR:
		return state_addr_get(from, at, e);
	case STATE_PEER:
		return state_peer_get(from, at, e);
	case STATE_KEY:
		return get_key(from, at, e);
	case STATE_IDENTITY:
		return get_identity(from, at, e);
	case STATE_REFUSALS:
		return state_refusals_get(from, arena, at, e);
	default:
		return get_number(kind, from, at, e);
	}
}
