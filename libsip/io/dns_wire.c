#include "io/dns_wire.h"

#include <string.h>

#define ENTRY_BYTES 10 /* of a record between its owner and its data */
#define POINTER 0xc0u
#define NAME_MAX_BYTES 253
#define TTL_MAX_S 86400u

bool sip__dns_has(const sip__dns_reader *in, size_t bytes)
{
    return in->at <= in->len && in->len - in->at >= bytes;
}

unsigned sip__dns_take16(sip__dns_reader *in)
{
    const unsigned char *p = in->bytes + in->at;

    in->at += 2;
    return (unsigned)p[0] << 8 | p[1];
}

uint32_t sip__dns_take_ttl(sip__dns_reader *in)
{
    uint32_t high = sip__dns_take16(in);
    uint32_t ttl_s = high << 16 | sip__dns_take16(in);

    if (ttl_s > INT32_MAX) {
        return 0;
    }
    return ttl_s < TTL_MAX_S ? ttl_s : TTL_MAX_S;
}

static char plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '.' ? (char)c : '\\';
}

/* Follow pointers from `at` to a label. They lead to "a prior occurrence" (RFC 1035 4.1.4), each
 * before the last, so that none is followed twice. @return false: there is none */
static bool find_label(const sip__dns_reader *in, size_t *at, size_t *lowest)
{
    while (*at < in->len && in->bytes[*at] >= POINTER) {
        size_t target;

        if (in->len - *at < 2) {
            return false;
        }
        target = (in->bytes[*at] & 0x3fu) * 256u + in->bytes[*at + 1];
        if (target >= *lowest) {
            return false;
        }
        *at = target;
        *lowest = target;
    }
    return *at < in->len && in->bytes[*at] < 64 && in->len - *at > in->bytes[*at];
}

/* One more label, and a dot. @return false: there is no room */
static bool put_label(char out[SIP__DNS_WIRE_NAME_BYTES], size_t *used, const unsigned char *label)
{
    size_t len = label[0];

    if (*used + len + 1 > NAME_MAX_BYTES + 1) {
        return false;
    }
    for (size_t i = 1; i <= len; i++) {
        out[(*used)++] = plain(label[i]);
    }
    out[(*used)++] = '.';
    return true;
}

bool sip__dns_take_name(sip__dns_reader *in, char out[SIP__DNS_WIRE_NAME_BYTES])
{
    char name[SIP__DNS_WIRE_NAME_BYTES];
    size_t at = in->at;
    size_t lowest = at;
    size_t end = 0; /* of what stands here, known at the first pointer */
    size_t used = 0;
    unsigned len;

    do {
        size_t before = at;

        if (!find_label(in, &at, &lowest)) {
            return false;
        }
        end = end == 0 && at != before ? before + 2 : end;
        len = in->bytes[at];
        if (len > 0 && !put_label(name, &used, in->bytes + at)) {
            return false;
        }
        at += len + 1;
    } while (len > 0);
    in->at = end != 0 ? end : at;
    used = used > 0 ? used - 1 : 0; /* without the last dot */
    memcpy(out, name, used);
    out[used] = '\0';
    return true;
}

bool sip__dns_take_name_within(sip__dns_reader *in, size_t end, char out[SIP__DNS_WIRE_NAME_BYTES])
{
    sip__dns_reader ahead = *in;

    if (!sip__dns_take_name(&ahead, out) || ahead.at > end) {
        return false;
    }
    in->at = ahead.at;
    return true;
}

bool sip__dns_take_entry(sip__dns_reader *in, sip__dns_entry *ret_entry)
{
    size_t data_bytes;

    if (!sip__dns_take_name(in, ret_entry->owner) || !sip__dns_has(in, ENTRY_BYTES)) {
        return false;
    }
    ret_entry->type = sip__dns_take16(in);
    ret_entry->class = sip__dns_take16(in);
    ret_entry->ttl_s = sip__dns_take_ttl(in);
    data_bytes = sip__dns_take16(in);
    if (!sip__dns_has(in, data_bytes)) {
        return false;
    }
    ret_entry->data = in->at;
    in->at += data_bytes;
    ret_entry->end = in->at;
    return true;
}
