/* The bare limit: one copy of the bytes and one pass over them, which any parser does at least. */
#include "parse_main.h"

static size_t lines;

void parse_setup(void)
{
    lines = 0;
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    static char copy[65536];
    size_t found = 0;

    (void)wanted;
    memcpy(copy, bytes, len);
    for (size_t at = 0; at < len;) {
        const size_t end = len - at < 255 ? len : at + 255;
        unsigned char some = 0; /* narrow, so that many bytes are counted at once */

        for (; at < end; at++) {
            some = (unsigned char)(some + (copy[at] == '\n'));
        }
        found += some;
    }
    lines += found;
    return found > 0;
}
