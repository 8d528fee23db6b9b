/* SPDX-License-Identifier: ISC */
/* The first and the last bytes of a state; see state_head.h. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/siphash.h"
#include "core/state.h"
#include "core/state_head.h"

#define SIZE_AT    8
#define VERSION_AT 16
#define WRITER_AT  20

_Static_assert(WRITER_AT + STATE_WRITER_MAX + 1 == STATE_HEAD_SIZE,
    "the writer fills the head, with a NUL");

static const uint8_t magic[] = { 0x89, 's', 'u', 'p', 'e', 'r', 'd', '\n' };

uint64_t
state_checksum(const void *bytes, size_t size)
{
	static const uint8_t words[] = "state of superd\n";
	struct siphash_key key;

	siphash_key(words, &key);
	return siphash(&key, bytes, size);
}

int
state_head_put(uint8_t to[STATE_HEAD_SIZE], const char *writer, struct err *e)
{
	size_t length =
	    writer == NULL ? 0 : strnlen(writer, STATE_WRITER_MAX + 1);

	if (!state_is_name(writer, length, STATE_WRITER_MAX))
		return err_set(e, EINVAL,
		    "the version of the writer is no name of 1 to %d bytes",
		    STATE_WRITER_MAX);
	memset(to, 0, STATE_HEAD_SIZE);
	memcpy(to, magic, sizeof(magic));
	state_put_number(to + VERSION_AT, STATE_VERSION, 4);
	memcpy(to + WRITER_AT, writer, length);
	return 0;
}

void
state_head_finish(uint8_t *bytes, size_t size)
{
	size_t before = size - STATE_TAIL_SIZE;

	state_put_number(bytes + SIZE_AT, size, 8);
	state_put_number(bytes + before, state_checksum(bytes, before), 8);
}

/* Is all there, as it was written? */
static int
check_whole(const struct state_span *from, struct err *e)
{
	size_t size = from->size, before;
	uint64_t told;

	if (size > 0 &&
	    memcmp(from->at, magic,
		size < sizeof(magic) ? size : sizeof(magic)) != 0)
		return err_set(e, EINVAL, "that is not the state of a superd");
	if (size < STATE_HEAD_SIZE + STATE_TAIL_SIZE)
		return err_set(
		    e, EINVAL, "state is cut off after %zu bytes", size);
	told = state_get_number(from->at + SIZE_AT, 8);
	if (told > size)
		return err_set(e, EINVAL,
		    "state is cut off after %zu bytes of %ju", size,
		    (uintmax_t)told);
	if (told < size)
		return err_set(e, EINVAL,
		    "state has %zu bytes more than the %ju that it tells of",
		    size - (size_t)told, (uintmax_t)told);
	if (size > STATE_SIZE_MAX)
		return err_set(e, E2BIG,
		    "state has %zu bytes, at most %ju are taken", size,
		    (uintmax_t)STATE_SIZE_MAX);
	before = size - STATE_TAIL_SIZE;
	if (state_get_number(from->at + before, 8) !=
	    state_checksum(from->at, before))
		return err_set(
		    e, EINVAL, "state is damaged: the checksum is wrong");
	return 0;
}

int
state_head_get(const struct state_span *from, struct arena *arena,
    const char **ret_writer, struct err *e)
{
	const char *writer = (const char *)from->at + WRITER_AT;
	size_t length;
	uint64_t version;
	char *copy;
	int error = check_whole(from, e);

	if (error < 0)
		return error;
	length = strnlen(writer, STATE_WRITER_MAX + 1);
	if (!state_is_name(writer, length, STATE_WRITER_MAX))
		return err_set(e, EINVAL, "state does not say who wrote it");
	version = state_get_number(from->at + VERSION_AT, 4);
	if (version < STATE_VERSION_OLDEST || version > STATE_VERSION)
		return err_set(e, ENOTSUP,
		    "written by superd %s, state version %ju; this superd "
		    "understands %d to %d",
		    writer, (uintmax_t)version, STATE_VERSION_OLDEST,
		    STATE_VERSION);
	copy = arena_string_n(arena, writer, length);
	if (copy == NULL)
		return err_memory(e);
	*ret_writer = copy;
	return 0;
}
