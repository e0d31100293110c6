#include "io/dns_answer.h"

#include "io/dns_wire.h"
#include <string.h>

#define HEADER_BYTES 12
#define CLASS_IN 1
#define TYPE_SOA 6
#define MOST_ENTRIES 512 /* of a section that are looked at */
#define MOST_ALIASES 8
#define TRUNCATED 0x0200

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- the data of records */

/* NULL: no room left. */
static const char *keep(sip__dns_answer *answer, const char *text, size_t len)
{
    char *copy = answer->text + answer->used;

    if (sizeof(answer->text) - answer->used <= len) {
        return NULL;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    answer->used += len + 1;
    return copy;
}

/* What no host and no service is called leads nowhere. */
static const char *keep_name(sip__dns_answer *answer, const char *name)
{
    if (strchr(name, '\\') != NULL) {
        return NULL;
    }
    return name[0] == '\0' ? "." : keep(answer, name, strlen(name));
}

/* A <character-string>; one with a zero byte cannot be one of ours. */
static const char *take_string(sip__dns_answer *answer, sip__dns_reader *in, size_t end)
{
    const unsigned char *p = in->bytes + in->at;
    size_t len;

    if (in->at >= end || end - in->at - 1 < p[0]) {
        return NULL;
    }
    len = p[0];
    in->at += len + 1;
    if (memchr(p + 1, '\0', len) != NULL) {
        return NULL;
    }
    return keep(answer, (const char *)p + 1, len);
}

static bool read_address(const sip__dns_reader *in, const sip__dns_entry *it,
                         sip_dns_record *record)
{
    size_t bytes = it->type == SIP_DNS_A ? 4 : 16;

    if (it->end - it->data != bytes) {
        return false;
    }
    memcpy(record->addr.ip, in->bytes + it->data, bytes);
    record->addr.family = it->type == SIP_DNS_A ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6;
    return true;
}

static bool read_srv(const sip__dns_reader *in, const sip__dns_entry *it, sip__dns_answer *answer,
                     sip_dns_record *record)
{
    sip__dns_reader data = {in->bytes, in->len, it->data};
    char name[SIP__DNS_WIRE_NAME_BYTES];

    if (it->end - it->data < 6) {
        return false;
    }
    record->priority = (uint16_t)sip__dns_take16(&data);
    record->weight = (uint16_t)sip__dns_take16(&data);
    record->port = (uint16_t)sip__dns_take16(&data);
    if (!sip__dns_take_name_within(&data, it->end, name)) {
        return false;
    }
    record->target = keep_name(answer, name);
    return record->target != NULL;
}

static bool read_naptr(const sip__dns_reader *in, const sip__dns_entry *it, sip__dns_answer *answer,
                       sip_dns_record *record)
{
    sip__dns_reader data = {in->bytes, in->len, it->data};
    char name[SIP__DNS_WIRE_NAME_BYTES];

    if (it->end - it->data < 4) {
        return false;
    }
    record->priority = (uint16_t)sip__dns_take16(&data);
    record->weight = (uint16_t)sip__dns_take16(&data);
    record->flags = take_string(answer, &data, it->end);
    record->service = record->flags != NULL ? take_string(answer, &data, it->end) : NULL;
    record->regexp = record->service != NULL ? take_string(answer, &data, it->end) : NULL;
    if (record->regexp == NULL || !sip__dns_take_name_within(&data, it->end, name)) {
        return false;
    }
    record->target = keep_name(answer, name);
    return record->target != NULL;
}

static bool read_record(const sip__dns_reader *in, const sip__dns_entry *it,
                        sip__dns_answer *answer, sip_dns_record *record)
{
    switch (record->type) {
    case SIP_DNS_A:
    case SIP_DNS_AAAA:
        return read_address(in, it, record);
    case SIP_DNS_SRV:
        return read_srv(in, it, answer, record);
    case SIP_DNS_NAPTR:
        return read_naptr(in, it, answer, record);
    case SIP_DNS_CNAME:
        break;
    }
    return false;
}

/* A record that cannot be read is passed over: the others may do. */
static void add_record(const sip__dns_reader *in, const sip__dns_entry *it, sip_dns_type type,
                       sip__dns_answer *answer)
{
    sip_dns_record *record = &answer->records[answer->news.n_records];
    size_t used = answer->used;

    *record = (sip_dns_record){.type = type, .ttl_s = it->ttl_s};
    if (read_record(in, it, answer, record)) {
        answer->news.n_records++;
    } else {
        answer->used = used;
    }
}

/* ---- sections */

typedef struct section {
    size_t at;
    unsigned count;
} section;

static bool is_of(const sip__dns_entry *it, const char *name, unsigned type)
{
    return it->type == type && it->class == CLASS_IN &&
           sip_str_equal_nocase(sip_str_of(it->owner), name);
}

/* Go to the end of a section, if it is whole. */
static bool pass(sip__dns_reader *in, const section *from)
{
    sip__dns_entry it;

    in->at = from->at;
    for (unsigned i = 0; i < from->count; i++) {
        if (i == MOST_ENTRIES || !sip__dns_take_entry(in, &it)) {
            return false;
        }
    }
    return true;
}

/* The next of the section's records that is of `name` and `type`. */
static bool find_entry(sip__dns_reader *in, const section *from, const char *name, unsigned type,
                       sip__dns_entry *ret_entry)
{
    in->at = from->at;
    for (unsigned i = 0; i < from->count && i < MOST_ENTRIES && sip__dns_take_entry(in, ret_entry);
         i++) {
        if (is_of(ret_entry, name, type)) {
            return true;
        }
    }
    return false;
}

/* Follow aliases from `name`, which becomes the one that they lead to. @return the least of their
 * TTLs */
static uint32_t follow(const sip__dns_reader *message, const section *answers,
                       char name[SIP__DNS_WIRE_NAME_BYTES])
{
    uint32_t ttl_s = UINT32_MAX;
    sip__dns_reader in = *message;
    sip__dns_entry it;

    for (size_t i = 0; i < MOST_ALIASES && find_entry(&in, answers, name, SIP_DNS_CNAME, &it);
         i++) {
        sip__dns_reader data = {message->bytes, message->len, it.data};

        if (!sip__dns_take_name_within(&data, it.end, name)) {
            break;
        }
        ttl_s = least(ttl_s, it.ttl_s);
    }
    return ttl_s;
}

/* A record that answers, before its data are read. */
typedef struct candidate {
    size_t data, end;
    uint32_t ttl_s;
    uint32_t rank; /* the least is wanted most */
} candidate;

/* SRV by priority, then weight; NAPTR by order, then preference; addresses as they come. */
static uint32_t rank_of(const sip__dns_reader *in, const sip__dns_entry *it, sip_dns_type type)
{
    sip__dns_reader data = {in->bytes, it->end, it->data};
    uint32_t first, second;

    if ((type != SIP_DNS_SRV && type != SIP_DNS_NAPTR) || !sip__dns_has(&data, 4)) {
        return UINT32_MAX;
    }
    first = sip__dns_take16(&data);
    second = sip__dns_take16(&data);
    return first << 16 | (type == SIP_DNS_SRV ? UINT16_MAX - second : second);
}

/* Find all, so that those left out where there are more than there is room for are the last ones
 * that anybody would want. */
static size_t find_candidates(const sip__dns_reader *message, const section *answers,
                              const char *name, sip_dns_type type, candidate out[MOST_ENTRIES])
{
    sip__dns_reader in = *message;
    sip__dns_entry it;
    size_t n = 0;

    in.at = answers->at;
    for (unsigned i = 0; i < answers->count && i < MOST_ENTRIES && sip__dns_take_entry(&in, &it);
         i++) {
        uint32_t rank;
        size_t at;

        if (!is_of(&it, name, type)) {
            continue;
        }
        rank = rank_of(message, &it, type);
        for (at = n; at > 0 && out[at - 1].rank > rank; at--) {
            out[at] = out[at - 1];
        }
        out[at] = (candidate){it.data, it.end, it.ttl_s, rank};
        n++;
    }
    return n;
}

static void collect(const sip__dns_reader *message, const section *answers, const char *name,
                    uint32_t ttl_s, sip_dns_type type, sip__dns_answer *answer)
{
    candidate found[MOST_ENTRIES];
    size_t n = find_candidates(message, answers, name, type, found);

    for (size_t i = 0; i < n && answer->news.n_records < SIP__DNS_ANSWER_RECORDS; i++) {
        sip__dns_entry it = {.data = found[i].data,
                             .end = found[i].end,
                             .type = type,
                             .ttl_s = least(found[i].ttl_s, ttl_s)};

        add_record(message, &it, type, answer);
    }
}

/* For how long there is nothing: the SOA's minimum and own TTL (RFC 2308 5); 0 without one. */
static uint32_t negative_ttl(const sip__dns_reader *message, const section *authority)
{
    sip__dns_reader in = *message;
    char name[SIP__DNS_WIRE_NAME_BYTES];
    sip__dns_entry it;

    in.at = authority->at;
    for (unsigned i = 0; i < authority->count && i < MOST_ENTRIES && sip__dns_take_entry(&in, &it);
         i++) {
        sip__dns_reader data = {in.bytes, in.len, it.data};

        if (it.type != TYPE_SOA || it.class != CLASS_IN ||
            !sip__dns_take_name_within(&data, it.end, name) ||
            !sip__dns_take_name_within(&data, it.end, name) || it.end - data.at != 20) {
            continue;
        }
        data.at += 16;
        return least(sip__dns_take_ttl(&data), it.ttl_s);
    }
    return 0;
}

/* ---- the whole */

static void fail(sip__dns_answer *answer, int err, const char *text)
{
    answer->news.err = err;
    answer->news.text = text;
    answer->news.n_records = 0;
}

/* 0 or why the server has nothing to say. */
static const char *failure_of(unsigned code)
{
    static const char *const texts[] = {
        NULL, "the name server could not read the question", "the name server failed",
        NULL, "the name server does not know this question", "the name server refused",
    };

    if (code < sizeof(texts) / sizeof(texts[0])) {
        return texts[code];
    }
    return "the name server answered with an unknown code";
}

static void read_sections(sip__dns_reader *in, const section *answers, unsigned n_authority,
                          unsigned flags, sip_dns_type type, char name[SIP__DNS_WIRE_NAME_BYTES],
                          sip__dns_answer *answer)
{
    uint32_t ttl_s = follow(in, answers, name);
    section authority = {0, n_authority};

    collect(in, answers, name, ttl_s, type, answer);
    if (answer->news.n_records > 0) {
        answer->news.text = "answered";
        return;
    }
    if ((flags & TRUNCATED) != 0) {
        fail(answer, SIP_EIO, "the answer was cut off");
        return;
    }
    fail(answer, SIP_ENOENT, (flags & 0xf) == 3 ? "no such name" : "no such record");
    if (pass(in, answers)) {
        authority.at = in->at;
        answer->news.negative_ttl_s = least(negative_ttl(in, &authority), ttl_s);
    }
}

void sip__dns_answer_read(const unsigned char *bytes, size_t len, sip_dns_type type,
                          sip__dns_answer *ret_answer)
{
    static const char malformed[] = "the name server's answer is malformed";
    sip__dns_reader in = {bytes, len, 0};
    char name[SIP__DNS_WIRE_NAME_BYTES];
    unsigned flags, n_questions, n_authority;
    section answers;

    ret_answer->news = (sip_dns_answer){.records = ret_answer->records};
    ret_answer->used = 0;
    if (len < HEADER_BYTES || len > UINT16_MAX) {
        fail(ret_answer, SIP_EIO, malformed);
        return;
    }
    in.at = 2;
    flags = sip__dns_take16(&in);
    n_questions = sip__dns_take16(&in);
    answers.count = sip__dns_take16(&in);
    n_authority = sip__dns_take16(&in);
    in.at = HEADER_BYTES;
    if (failure_of(flags & 0xf) != NULL) {
        fail(ret_answer, SIP_EIO, failure_of(flags & 0xf));
        return;
    }
    if (n_questions != 1 || !sip__dns_take_name(&in, name) || !sip__dns_has(&in, 4)) {
        fail(ret_answer, SIP_EIO, malformed);
        return;
    }
    answers.at = in.at + 4;
    in.at = answers.at;
    if (!pass(&in, &answers) && answers.count <= MOST_ENTRIES) {
        fail(ret_answer, SIP_EIO, malformed);
        return;
    }
    read_sections(&in, &answers, n_authority, flags, type, name, ret_answer);
}
