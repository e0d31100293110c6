/* Makes sound messages of all typed headers from a seed. */
#ifndef MSG_GENERATOR_H
#define MSG_GENERATOR_H

#include <stddef.h>
#include <stdint.h>

enum {
    MSG_GENERATOR_BYTES = 16384
};

/* Write the message of this seed: every header that it carries is sound, its lines end with CRLF
 * and its Content-Length is that of its body. The length. */
size_t msg_generate(uint64_t seed, char out[MSG_GENERATOR_BYTES]);

#endif
