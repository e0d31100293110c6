/* The names of the headers as a table for those that look at many: the hash finds the one
 * candidate, which is then to be compared. */
#ifndef SIP_PARSER_HEADER_NAMES_H
#define SIP_PARSER_HEADER_NAMES_H

#include <sip/header.h>

#include "parser/header_slots.h"

/* So that position-independent code reaches the tables at once. */
#define SIP__HIDDEN __attribute__((visibility("hidden")))

/** A name with its colon has no more bytes. */
#define SIP__HEADER_NAME_BYTES 32

/** By sip_header_id: see SIP__HEADER_FOLD_MAP. Without terminating zeros. */
struct sip__header_fold {
    uint8_t set[SIP__HEADER_NAME_BYTES];
    uint8_t seen[SIP__HEADER_NAME_BYTES];
};
extern SIP__HIDDEN const struct sip__header_fold sip__header_folds[SIP_HEADER_COUNT];
/** sip_header_id by hash; SIP_HEADER_OTHER where no name has the hash. */
extern SIP__HIDDEN const uint8_t sip__header_slots[SIP__HEADER_SLOTS];
/** sip_header_id by compact form, the low five bits of the letter. */
extern SIP__HIDDEN const uint8_t sip__header_compacts[32];

/* Made byte by byte, so that it is the same everywhere; compilers make one load of it. */
static inline uint64_t sip__header_half(const char *at, bool wide)
{
    const unsigned char *byte = (const unsigned char *)at;
    const uint32_t low = (uint32_t)byte[0] | (uint32_t)byte[1] << 8;

    return wide ? low | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24 : low;
}

static inline sip_header_id sip__header_of_key(uint64_t key)
{
    return (sip_header_id)sip__header_slots[key * SIP__HEADER_FACTOR >> SIP__HEADER_SHIFT];
}

/** The only header that a name of `len` bytes, at least four, may be the name of. */
static inline sip_header_id sip__header_candidate_long(const char *name, size_t len)
{
    return sip__header_of_key(sip__header_half(name, true) |
                              sip__header_half(name + len - 4, true) << 32 |
                              UINT64_C(0x2020202020202020));
}

/** The same of two or three bytes. */
static inline sip_header_id sip__header_candidate_short(const char *name, size_t len)
{
    return sip__header_of_key(sip__header_half(name, false) |
                              sip__header_half(name + len - 2, false) << 32 |
                              UINT64_C(0x0000202000002020));
}

/** The same of any two bytes or more. */
static inline sip_header_id sip__header_candidate(const char *name, size_t len)
{
    return len >= 4 ? sip__header_candidate_long(name, len)
                    : sip__header_candidate_short(name, len);
}

#endif
