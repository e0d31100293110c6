#include "support/zone_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIELD 256

static const struct {
    const char *name;
    sip_dns_type type;
} types[] = {
    {"A", SIP_DNS_A},     {"AAAA", SIP_DNS_AAAA},   {"CNAME", SIP_DNS_CNAME},
    {"SRV", SIP_DNS_SRV}, {"NAPTR", SIP_DNS_NAPTR},
};

typedef struct fields {
    char at[9][FIELD];
    int n;
} fields;

const char *zone_type_name(sip_dns_type type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].type == type) {
            return types[i].name;
        }
    }
    return "?";
}

static sip_dns_type type_of(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].name, name) == 0) {
            return types[i].type;
        }
    }
    fail_msg("no type %s", name);
    return SIP_DNS_A;
}

static unsigned number(const char *text)
{
    unsigned value = 0;

    assert_int_equal(sscanf(text, "%u", &value), 1);
    return value;
}

static const char *text_of(const char *field)
{
    return strcmp(field, "-") == 0 ? "" : field;
}

static void load_line(sip__zone *zone, const char *line)
{
    static fields f;
    sip_dns_record record = {.type = SIP_DNS_A};

    memset(&f, 0, sizeof(f));
    f.n = sscanf(line, "%255s %255s %255s %255s %255s %255s %255s %255s %255s", f.at[0], f.at[1],
                 f.at[2], f.at[3], f.at[4], f.at[5], f.at[6], f.at[7], f.at[8]);
    assert_true(f.n >= 4);
    record.type = type_of(f.at[2]);
    record.ttl_s = number(f.at[1]);
    switch (record.type) {
    case SIP_DNS_A:
    case SIP_DNS_AAAA:
        assert_int_equal(sip_addr_parse(sip_str_of(f.at[3]), 0, &record.addr), 0);
        break;
    case SIP_DNS_CNAME:
        record.target = f.at[3];
        break;
    case SIP_DNS_SRV:
        assert_int_equal(f.n, 7);
        record.priority = (uint16_t)number(f.at[3]);
        record.weight = (uint16_t)number(f.at[4]);
        record.port = (uint16_t)number(f.at[5]);
        record.target = f.at[6];
        break;
    case SIP_DNS_NAPTR:
        assert_int_equal(f.n, 9);
        record.priority = (uint16_t)number(f.at[3]);
        record.weight = (uint16_t)number(f.at[4]);
        record.flags = text_of(f.at[5]);
        record.service = text_of(f.at[6]);
        record.regexp = text_of(f.at[7]);
        record.target = f.at[8];
        break;
    }
    assert_int_equal(sip__zone_add_record(zone, f.at[0], &record), 0);
}

void zone_load(sip__zone *zone, const char *text)
{
    char line[1024];

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");

        assert_true(len < sizeof(line));
        memcpy(line, text, len);
        line[len] = '\0';
        if (len > 0) {
            load_line(zone, line);
        }
        text += text[len] == '\n' ? len + 1 : len;
    }
}
