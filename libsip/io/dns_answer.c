#define _GNU_SOURCE /* ares.h wants fd_set */
#include "io/dns_answer.h"

#include <ares.h>
#include <string.h>

#define HEADER_BYTES 12
#define NAME_BYTES 256
#define CLASS_IN 1
#define TYPE_SOA 6
#define MOST_ENTRIES 64 /* of a section that are looked at */
#define MOST_ALIASES 8
#define TRUNCATED 0x0200

typedef struct reader {
    const unsigned char *bytes;
    size_t len, at;
} reader;

/* A resource record as it stands in a section; its data are at data..end. */
typedef struct entry {
    char owner[NAME_BYTES];
    unsigned type, class;
    uint32_t ttl_s;
    size_t data, end;
} entry;

static bool has(const reader *in, size_t bytes)
{
    return in->len - in->at >= bytes;
}

/* The caller has seen that it is there. */
static unsigned take16(reader *in)
{
    const unsigned char *p = in->bytes + in->at;

    in->at += 2;
    return (unsigned)p[0] << 8 | p[1];
}

static uint32_t take32(reader *in)
{
    uint32_t high = take16(in);

    return high << 16 | take16(in);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* A TTL with its highest bit set counts as 0 (RFC 2181 8). */
static uint32_t take_ttl(reader *in)
{
    uint32_t ttl_s = take32(in);

    return ttl_s > INT32_MAX ? 0 : ttl_s;
}

/* Read a name, compressed or not; the root gives "". One that is too long for DNS is as malformed
 * as one that points to itself. */
static bool take_name(reader *in, char out[NAME_BYTES])
{
    char *name;
    long used;
    size_t len;

    if (in->at >= in->len || ares_expand_name(in->bytes + in->at, in->bytes, (int)in->len, &name,
                                              &used) != ARES_SUCCESS) {
        return false;
    }
    len = strlen(name);
    if (len < NAME_BYTES) {
        memcpy(out, name, len + 1);
    }
    ares_free_string(name);
    in->at += (size_t)used;
    return len < NAME_BYTES && in->at <= in->len;
}

static bool take_entry(reader *in, entry *ret_entry)
{
    size_t data_bytes;

    if (!take_name(in, ret_entry->owner) || !has(in, 10)) {
        return false;
    }
    ret_entry->type = take16(in);
    ret_entry->class = take16(in);
    ret_entry->ttl_s = take_ttl(in);
    data_bytes = take16(in);
    if (!has(in, data_bytes)) {
        return false;
    }
    ret_entry->data = in->at;
    in->at += data_bytes;
    ret_entry->end = in->at;
    return true;
}

/* Read a name inside of the data of a record. */
static bool take_data_name(const reader *in, size_t *at, size_t end, char out[NAME_BYTES])
{
    reader data = {in->bytes, in->len, *at};

    if (*at >= end || !take_name(&data, out) || data.at > end) {
        return false;
    }
    *at = data.at;
    return true;
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

static const char *keep_name(sip__dns_answer *answer, const char *name)
{
    return name[0] == '\0' ? "." : keep(answer, name, strlen(name));
}

/* A <character-string>; one with a zero byte cannot be one of ours. */
static const char *take_string(sip__dns_answer *answer, const reader *in, size_t *at, size_t end)
{
    const unsigned char *p = in->bytes + *at;
    size_t len;

    if (*at >= end || end - *at - 1 < p[0]) {
        return NULL;
    }
    len = p[0];
    *at += len + 1;
    if (memchr(p + 1, '\0', len) != NULL) {
        return NULL;
    }
    return keep(answer, (const char *)p + 1, len);
}

static bool read_address(const reader *in, const entry *it, sip_dns_record *record)
{
    size_t bytes = it->type == SIP_DNS_A ? 4 : 16;

    if (it->end - it->data != bytes) {
        return false;
    }
    memcpy(record->addr.ip, in->bytes + it->data, bytes);
    record->addr.family = it->type == SIP_DNS_A ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6;
    return true;
}

static bool read_srv(const reader *in, const entry *it, sip__dns_answer *answer,
                     sip_dns_record *record)
{
    reader data = {in->bytes, it->end, it->data};
    char name[NAME_BYTES];
    size_t at = it->data + 6;

    if (!has(&data, 6) || !take_data_name(in, &at, it->end, name)) {
        return false;
    }
    record->priority = (uint16_t)take16(&data);
    record->weight = (uint16_t)take16(&data);
    record->port = (uint16_t)take16(&data);
    record->target = keep_name(answer, name);
    return record->target != NULL;
}

static bool read_naptr(const reader *in, const entry *it, sip__dns_answer *answer,
                       sip_dns_record *record)
{
    reader data = {in->bytes, it->end, it->data};
    char name[NAME_BYTES];
    size_t at = it->data + 4;

    if (!has(&data, 4)) {
        return false;
    }
    record->priority = (uint16_t)take16(&data);
    record->weight = (uint16_t)take16(&data);
    record->flags = take_string(answer, in, &at, it->end);
    record->service = record->flags != NULL ? take_string(answer, in, &at, it->end) : NULL;
    record->regexp = record->service != NULL ? take_string(answer, in, &at, it->end) : NULL;
    if (record->regexp == NULL || !take_data_name(in, &at, it->end, name)) {
        return false;
    }
    record->target = keep_name(answer, name);
    return record->target != NULL;
}

static bool read_record(const reader *in, const entry *it, sip__dns_answer *answer,
                        sip_dns_record *record)
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
static void add_record(const reader *in, const entry *it, uint32_t ttl_s, sip_dns_type type,
                       sip__dns_answer *answer)
{
    sip_dns_record *record = &answer->records[answer->news.n_records];
    size_t used = answer->used;

    if (answer->news.n_records == SIP__DNS_ANSWER_RECORDS) {
        return;
    }
    *record = (sip_dns_record){.type = type, .ttl_s = least(it->ttl_s, ttl_s)};
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

static bool is_of(const entry *it, const char *name, unsigned type)
{
    return it->type == type && it->class == CLASS_IN &&
           sip_str_equal_nocase(sip_str_of(it->owner), name);
}

/* Go to the end of a section, if it is whole. */
static bool pass(reader *in, const section *from)
{
    entry it;

    in->at = from->at;
    for (unsigned i = 0; i < from->count; i++) {
        if (i == MOST_ENTRIES || !take_entry(in, &it)) {
            return false;
        }
    }
    return true;
}

/* The next of the section's records that is of `name` and `type`. */
static bool find_entry(reader *in, const section *from, const char *name, unsigned type,
                       entry *ret_entry)
{
    in->at = from->at;
    for (unsigned i = 0; i < from->count && i < MOST_ENTRIES && take_entry(in, ret_entry); i++) {
        if (is_of(ret_entry, name, type)) {
            return true;
        }
    }
    return false;
}

/* Follow aliases from `name`, which becomes the one that they lead to. @return the least of their
 * TTLs */
static uint32_t follow(const reader *message, const section *answers, char name[NAME_BYTES])
{
    uint32_t ttl_s = UINT32_MAX;
    reader in = *message;
    entry it;

    for (size_t i = 0; i < MOST_ALIASES && find_entry(&in, answers, name, SIP_DNS_CNAME, &it);
         i++) {
        size_t at = it.data;

        if (!take_data_name(message, &at, it.end, name)) {
            break;
        }
        ttl_s = least(ttl_s, it.ttl_s);
    }
    return ttl_s;
}

static void collect(const reader *message, const section *answers, const char *name, uint32_t ttl_s,
                    sip_dns_type type, sip__dns_answer *answer)
{
    reader in = *message;
    entry it;

    in.at = answers->at;
    for (unsigned i = 0; i < answers->count && i < MOST_ENTRIES && take_entry(&in, &it); i++) {
        if (is_of(&it, name, type)) {
            add_record(&in, &it, ttl_s, type, answer);
        }
    }
}

/* For how long there is nothing: the SOA's minimum and own TTL (RFC 2308 5); 0 without one. */
static uint32_t negative_ttl(const reader *message, const section *authority)
{
    reader in = *message;
    char name[NAME_BYTES];
    entry it;

    in.at = authority->at;
    for (unsigned i = 0; i < authority->count && i < MOST_ENTRIES && take_entry(&in, &it); i++) {
        size_t at = it.data;
        reader data = {in.bytes, it.end, 0};

        if (it.type != TYPE_SOA || it.class != CLASS_IN ||
            !take_data_name(&in, &at, it.end, name) || !take_data_name(&in, &at, it.end, name) ||
            it.end - at != 20) {
            continue;
        }
        data.at = at + 16;
        return least(take_ttl(&data), it.ttl_s);
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

static void read_sections(reader *in, const section *answers, unsigned n_authority, unsigned flags,
                          sip_dns_type type, char name[NAME_BYTES], sip__dns_answer *answer)
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
    reader in = {bytes, len, 0};
    char name[NAME_BYTES];
    unsigned flags, n_questions, n_authority;
    section answers;

    ret_answer->news = (sip_dns_answer){.records = ret_answer->records};
    ret_answer->used = 0;
    if (len < HEADER_BYTES || len > UINT16_MAX) {
        fail(ret_answer, SIP_EIO, malformed);
        return;
    }
    in.at = 2;
    flags = take16(&in);
    n_questions = take16(&in);
    answers.count = take16(&in);
    n_authority = take16(&in);
    in.at = HEADER_BYTES;
    if (failure_of(flags & 0xf) != NULL) {
        fail(ret_answer, SIP_EIO, failure_of(flags & 0xf));
        return;
    }
    if (n_questions != 1 || !take_name(&in, name) || !has(&in, 4)) {
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
