/* SPDX-License-Identifier: ISC */
/* SipHash-2-4; see siphash.h.  Tested with the vectors of its authors. */
#include "base/siphash.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t
read_little(const uint8_t *at, size_t count)
{
	uint64_t word = 0;

	for (size_t i = 0; i < count; i++)
		word |= (uint64_t)at[i] << (8 * i);
	return word;
}

static inline uint64_t
rotate(uint64_t word, unsigned int by)
{
	return word << by | word >> (64 - by);
}

static inline void
mix(struct state *s, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static inline void
take(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s, 2);
	s->v0 ^= word;
}

void
siphash_key(const uint8_t bytes[SIPHASH_KEY_SIZE], struct siphash_key *ret_key)
{
	ret_key->k0 = read_little(bytes, 8);
	ret_key->k1 = read_little(bytes + 8, 8);
}

uint64_t
siphash(const struct siphash_key *key, const void *at, size_t size)
{
	const uint8_t *byte = at;
	struct state s = {
		.v0 = key->k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = key->k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = key->k1 ^ UINT64_C(0x7465646279746573),
	};
	size_t left = size;

	for (; left >= 8; left -= 8, byte += 8)
		take(&s, read_little(byte, 8));
	take(&s, (uint64_t)(size & 0xff) << 56 | read_little(byte, left));
	s.v2 ^= 0xff;
	mix(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
