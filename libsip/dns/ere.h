/* Extended regular expressions of POSIX as NAPTR records carry them (RFC 3402 3.2). They come from
 * strangers, so matching takes time in proportion to expression and text, and never memory: all
 * ways through the expression are gone at once. Bytes stand for themselves in every locale. Where
 * several matches begin at the same place, the first alternative and the longest repetition win. */
#ifndef SIP_DNS_ERE_H
#define SIP_DNS_ERE_H

#include <sip/base.h>

#define SIP__ERE_STEPS 256
#define SIP__ERE_SETS 16
#define SIP__ERE_GROUPS 10 /* the whole, and nine in parentheses */
#define SIP__ERE_TEXT_BYTES 255

typedef struct sip__ere_step {
    uint8_t op, arg;
    int16_t go, or_go; /* relative */
} sip__ere_step;

/* Where a group matched: [begin, end) of the text; begin < 0: it took no part. */
typedef struct sip__ere_span {
    int16_t begin, end;
} sip__ere_span;

typedef struct sip__ere_way {
    uint16_t at;
    sip__ere_span groups[SIP__ERE_GROUPS];
} sip__ere_way;

typedef struct sip__ere_ways {
    size_t n;
    sip__ere_way ways[SIP__ERE_STEPS];
} sip__ere_ways;

enum {
    SIP__ERE_CHAR, /* arg */
    SIP__ERE_ANY,
    SIP__ERE_SET,   /* number arg */
    SIP__ERE_SPLIT, /* go first, or_go if that comes to nothing */
    SIP__ERE_JUMP,
    SIP__ERE_OPEN, /* group arg */
    SIP__ERE_CLOSE,
    SIP__ERE_BEGIN, /* of the text */
    SIP__ERE_END,
    SIP__ERE_MATCH
};

/* An expression and the room to match with it: some 25 KiB. */
typedef struct sip__ere {
    sip__ere_step steps[SIP__ERE_STEPS];
    uint8_t sets[SIP__ERE_SETS][32];
    size_t n_steps, n_sets, n_groups;
    bool fold; /* without case */
    sip__ere_ways now, next;
    uint32_t seen[SIP__ERE_STEPS]; /* by the turn that a step was last reached in */
} sip__ere;

/* @return 0, SIP_ESYNTAX, SIP_ETOOBIG */
int sip__ere_compile(sip__ere *ere, sip_str pattern, bool fold);
/* Find the leftmost match. @return false: none, or the text is too long */
bool sip__ere_match(sip__ere *ere, sip_str text, sip__ere_span ret_groups[SIP__ERE_GROUPS]);

#endif
