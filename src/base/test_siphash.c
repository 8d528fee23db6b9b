/* SPDX-License-Identifier: ISC */
/* SipHash-2-4 against the vectors that its authors publish. */
#include "base/siphash.h"
#include "tap.h"

/* Of the key 00 01 .. 0f and the inputs "", 00, 00 01, 00 01 02, ... */
static const uint64_t vectors[] = {
	UINT64_C(0x726fdb47dd0e0e31),
	UINT64_C(0x74f839c593dc67fd),
	UINT64_C(0x0d6c8009d9a94f5a),
	UINT64_C(0x85676696d7fb7e2d),
	UINT64_C(0xcf2794e0277187b7),
	UINT64_C(0x18765564cd99a68d),
	UINT64_C(0xcbc9466e58fee3ce),
	UINT64_C(0xab0200f58b01d137),
	UINT64_C(0x93f5f5799a932462),
	UINT64_C(0x9e0082df0ba9e4b0),
	UINT64_C(0x7a5dbbc594ddb9f3),
	UINT64_C(0xf4b32f46226bada7),
	UINT64_C(0x751e8fbc860ee5fb),
	UINT64_C(0x14ea5627c0843d90),
	UINT64_C(0xf723ca908e7af2ee),
	UINT64_C(0xa129ca6149be45e5),
	UINT64_C(0x3f2acc7f57c29bdb),
	UINT64_C(0x699ae9f52cbe4794),
	UINT64_C(0x4bc1b3f0968dd39c),
	UINT64_C(0xbb6dc91da77961bd),
	UINT64_C(0xbed65cf21aa2ee98),
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

int
main(void)
{
	uint8_t bytes[VECTORS + 1], aligned[VECTORS + 1];
	struct siphash_key key, other;
	unsigned int wrong = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	siphash_key(bytes, &key);
	for (size_t i = 0; i < VECTORS; i++)
		wrong += siphash(&key, bytes, i) != vectors[i];
	is_int(wrong, 0, "the hashes are those of the reference");
	memcpy(aligned + 1, bytes, VECTORS);
	ok(siphash(&key, aligned + 1, VECTORS - 1) == vectors[VECTORS - 1],
	    "input may lie anywhere");
	siphash_key(bytes + 1, &other);
	ok(siphash(&other, bytes, 0) != vectors[0],
	    "another key is another hash");
	return done_testing();
}
