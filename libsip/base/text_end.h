/* A text that grows at its end, in memory of a fixed size: without formats, which take longer than
 * all the rest. */
#ifndef SIP_BASE_TEXT_END_H
#define SIP_BASE_TEXT_END_H

#include <sip/base.h>
#include <string.h>

typedef struct sip__text_end {
    char *start, *at, *end;
    bool over; /* not all of it fitted */
} sip__text_end;

static inline sip__text_end sip__text_begin(char *room, size_t size)
{
    return (sip__text_end){room, room, room + size, false};
}

static inline void sip__text_put(sip__text_end *text, sip_str more)
{
    if ((size_t)(text->end - text->at) < more.len) {
        text->over = true;
    } else if (more.len > 0) {
        memcpy(text->at, more.ptr, more.len);
        text->at += more.len;
    }
}

static inline void sip__text_put_number(sip__text_end *text, uint32_t number)
{
    char digits[10];
    size_t n = sizeof digits;

    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    sip__text_put(text, (sip_str){digits + n, sizeof digits - n});
}

/* An IPv4 address, as dotted decimals. */
static inline void sip__text_put_ip4(sip__text_end *text, const uint8_t ip[4])
{
    for (unsigned i = 0; i < 4; i++) {
        sip__text_put(text, i > 0 ? SIP_STR(".") : SIP_STR(""));
        sip__text_put_number(text, ip[i]);
    }
}

/* What has been put; empty if it was too long. */
static inline sip_str sip__text_all(const sip__text_end *text)
{
    return (sip_str){text->start, text->over ? 0 : (size_t)(text->at - text->start)};
}

#endif
