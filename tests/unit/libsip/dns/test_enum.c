#include "dns/enum.h"
#include "locate_world.h"
#include "support/fail_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static locate_world world;
static sip__enum lookup;
static unsigned calls;

static void on_found(sip__enum *it, int err, const char *text)
{
    assert_ptr_equal(it, &lookup);
    assert_non_null(text);
    assert_int_equal(err == 0, it->n_uris > 0);
    world.err = err;
    calls++;
}

static void expect(const char *number, const char *const *suffixes, int err, const char *uris)
{
    char got[1024] = "";

    memset(&lookup, 0, sizeof(lookup));
    lookup.fn = on_found;
    calls = 0;
    world.err = sip__enum_start(&lookup, &world.cache, sip_str_of(number), suffixes);
    if (world.err == SIP_EAGAIN) {
        assert_int_equal(calls, 0);
        locate_world_run(&world, 10);
        assert_int_equal(calls, 1);
    }
    assert_int_equal(world.err, err);
    for (size_t i = 0; i < lookup.n_uris; i++) {
        strcat(strcat(got, lookup.uris[i]), "\n");
    }
    assert_string_equal(got, uris);
}

static void numbers(void **state)
{
    static const struct {
        const char *text, *number;
    } cases[] = {
        {"+441632960083", "+441632960083"},
        {"tel:+44-1632.960(083);ext=5", "+441632960083"},
        {"TEL:+1 2", "+12"},
        {"+123456789012345", "+123456789012345"},
        {"+1234567890123456", NULL},
        {"441632960083", NULL},
        {"tel:", NULL},
        {"", NULL},
        {"+", NULL},
        {"+1a", NULL},
        {"sip:+1@x", NULL},
    };
    char out[SIP__ENUM_NUMBER_BYTES];
    char domain[SIP__NAME_BYTES];
    char suffix[SIP__NAME_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(sip__enum_number(sip_str_of(cases[i].text), out),
                         cases[i].number != NULL ? 0 : SIP_EINVAL);
        if (cases[i].number != NULL) {
            assert_string_equal(out, cases[i].number);
        }
    }
    assert_int_equal(sip__enum_number((sip_str){"+1\0002", 4}, out), SIP_EINVAL);
    assert_int_equal(sip__enum_domain("+442079460148", "e164.arpa", domain), 0);
    assert_string_equal(domain, "8.4.1.0.6.4.9.7.0.2.4.4.e164.arpa");
    memset(suffix, 'a', sizeof(suffix));
    suffix[255] = '\0';
    assert_int_equal(sip__enum_domain("+4", suffix, domain), SIP_ETOOBIG);
}

static void substitutions(void **state)
{
    static const struct {
        const char *regexp, *result;
        int err;
    } cases[] = {
        {"!^.*$!sip:info@example.com!", "sip:info@example.com", 0},
        {"!^\\+44(.*)$!sip:\\1@example.com!", "sip:20@example.com", 0},
        {"/^(\\+)(4)(4)(.*)$/sip:\\4\\3\\9@a\\/b/i", "sip:204@a/b", 0},
        {"!44!x!", "+x20", 0},
        {"!!x!", "x+4420", 0},
        {"!\\!!x!", NULL, SIP_ENOENT},
        {"!44|\\\\!x!", "+x20", 0},     /* a backslash at the end, itself escaped */
        {"+\\\\+x+", NULL, SIP_ENOENT}, /* and not the delimiter */
        {"+[^4]\\\\*44+x+", "x20", 0},
        {"!^1!x!", NULL, SIP_ENOENT},
        {"!^.*$!x", NULL, SIP_ESYNTAX},
        {"!^.*$!x!g", NULL, SIP_ESYNTAX},
        {"!^.*$", NULL, SIP_ESYNTAX},
        {"", NULL, SIP_ESYNTAX},
        {"1a1b1", NULL, SIP_ESYNTAX},
        {"\\a\\b\\", NULL, SIP_ESYNTAX},
        {"!(!x!", NULL, SIP_ESYNTAX},
        {"!^.*$!1234567890123456789012345678901234567890!", NULL, SIP_ETOOBIG},
        {"!(4)!\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1!", NULL,
         SIP_ETOOBIG},
    };
    char long_pattern[400];
    char out[24];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int len = sip__enum_substitute(NULL, cases[i].regexp, SIP_STR("+4420"), out, sizeof(out));

        if (cases[i].result == NULL) {
            assert_int_equal(len, cases[i].err);
        } else {
            assert_string_equal(out, cases[i].result);
            assert_int_equal(len, strlen(out));
        }
    }
    memset(long_pattern, 'a', sizeof(long_pattern));
    memcpy(long_pattern, "!", 1);
    memcpy(long_pattern + 390, "!x!", 4);
    assert_int_equal(sip__enum_substitute(NULL, long_pattern, SIP_STR("+4420"), out, sizeof(out)),
                     SIP_ETOOBIG);
}

static void order_and_preference(void **state)
{
    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    zone_load(
        &world.zone,
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 20 1 u E2U+sip !^.*$!sip:last@x.example! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 10 102 u E2U+msg !^.*$!mailto:i@x.example! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 10 101 U e2u+pres+SIP "
        "!^\\+44(.*)$!sips:\\1@x.example! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 50 NAPTR 10 100 u E2U+sip !^.*$!sip:info@x.example! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 1 1 u E2U+sip !^.*$!h323:info@x.example! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 1 2 u E2U+sip !^.*$!no@uri! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 1 3 u sip+E2U !^.*$!sip:old@x.example! .\n"
        "3.8.0.0.6.9.2.3.6.1.4.4.e164.arpa 60 NAPTR 1 4 u E2U !^.*$!sip:none@x.example! .\n");
    expect("+441632960083", NULL, 0,
           "sip:info@x.example\nsips:1632960083@x.example\nsip:last@x.example\n");
    assert_int_equal(lookup.ttl_s, 50);
    expect("tel:+44-1632-960083", NULL, 0,
           "sip:info@x.example\nsips:1632960083@x.example\nsip:last@x.example\n");
    assert_int_equal(calls, 0); /* known by now */
    locate_world_finish(&world);
}

static void delegations_and_suffixes(void **state)
{
    static const char *const trees[] = {"private.example", "e164.arpa", NULL};
    char too_long[SIP__NAME_BYTES];
    const char *const long_first[] = {too_long, "e164.arpa", NULL};

    (void)state;
    memset(too_long, 'a', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\0';
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    zone_load(&world.zone, "2.1.private.example 60 NAPTR 1 1 - - - 2.1.elsewhere.example\n"
                           "2.1.elsewhere.example 60 NAPTR 1 1 u E2U+sip !^.*$!sip:a@b! .\n"
                           "3.1.e164.arpa 60 NAPTR 1 1 u E2U+sip !^.*$!sip:c@d! .\n"
                           "4.1.e164.arpa 60 NAPTR 1 1 - - - 4.1.e164.arpa\n");
    expect("+12", trees, 0, "sip:a@b\n");
    expect("+13", trees, 0, "sip:c@d\n");
    expect("+13", long_first, 0, "sip:c@d\n");
    expect("+14", NULL, SIP_ENOENT, ""); /* to itself, for ever */
    expect("+15", trees, SIP_ENOENT, "");
    expect("+15", trees, SIP_ENOENT, "");
    assert_int_equal(calls, 0);
    assert_int_equal(sip__zone_fail(&world.zone, "6.1.private.example", SIP_EIO, 0), 0);
    expect("+16", trees, SIP_EIO, "");
    zone_load(&world.zone, "6.1.e164.arpa 60 NAPTR 1 1 u E2U+sip !^.*$!sip:c@d! .\n");
    locate_world_run(&world, 60000);
    expect("+16", trees, 0, "sip:c@d\n");
    expect("16", trees, SIP_EINVAL, "");
    locate_world_finish(&world);
}

static void add_naptr(uint16_t order, const char *regexp)
{
    const sip_dns_record record = {.type = SIP_DNS_NAPTR,
                                   .ttl_s = 60,
                                   .priority = order,
                                   .flags = "u",
                                   .service = "E2U+sip",
                                   .regexp = regexp,
                                   .target = "."};

    assert_int_equal(sip__zone_add_record(&world.zone, "2.1.e164.arpa", &record), 0);
}

static sip_dns_query *asked;

static int keep_query(sip_resolver *resolver, const char *name, sip_dns_type type,
                      sip_dns_query *query)
{
    (void)resolver;
    (void)type;
    assert_string_equal(name, "2.1.e164.arpa");
    asked = query;
    return 0;
}

/* Of more records than are looked at those are that come first, wherever they stand. */
static void the_best_of_many(void **state)
{
    static const sip_resolver_vtable vtable = {.ask = keep_query};
    sip_resolver resolver = {&vtable};
    sip_dns_record records[60];
    const sip_dns_answer answer = {.records = records, .n_records = 60};
    sip_resolver *own;

    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    own = world.cache.config.resolver;
    world.cache.config.resolver = &resolver;
    for (unsigned i = 0; i < 60; i++) {
        records[i] = (sip_dns_record){.type = SIP_DNS_NAPTR,
                                      .ttl_s = 60,
                                      .priority = (uint16_t)(60 - i),
                                      .flags = "u",
                                      .service = "E2U+sip",
                                      .regexp = i == 59 ? "!^.*$!sip:best@b!" : "!^.*$!tel:1!",
                                      .target = "."};
    }
    memset(&lookup, 0, sizeof(lookup));
    lookup.fn = on_found;
    assert_int_equal(sip__enum_start(&lookup, &world.cache, SIP_STR("+12"), NULL), SIP_EAGAIN);
    asked->fn(asked, &answer);
    assert_int_equal(lookup.n_uris, 1);
    assert_string_equal(lookup.uris[0], "sip:best@b");
    world.cache.config.resolver = own;
    locate_world_finish(&world);
}

/* What would end a line of a message, or a text, is in no URI. */
static void hostile_uris(void **state)
{
    static const char *const regexps[] = {
        "!^.*$!sip:a@b\r\nVia: c!", "!^.*$!sip:a@b\nc!", "!^.*$!sip:a@b;c=\r\n d!",
        "!^.*$!sip:a b@c!",         "!^.*$!sip:a@b>!",   "!^.*$!sip:a@b\xff!",
        "!^.*$!sip:a@b\x01!",       "!^.*$!sip:@!",      "!^.*$!!",
    };

    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    for (size_t i = 0; i < sizeof regexps / sizeof regexps[0]; i++) {
        add_naptr(1, regexps[i]);
    }
    expect("+12", NULL, SIP_ENOENT, "");
    locate_world_finish(&world);
}

static void bounded_and_given_up(void **state)
{
    (void)state;
    assert_int_equal(locate_world_init(&world, sip_allocator_default()), 0);
    for (unsigned i = 0; i < 12; i++) {
        zone_load(&world.zone, "2.1.e164.arpa 60 NAPTR 1 1 u E2U+sip !^.*$!sip:a@b! .\n");
    }
    memset(&lookup, 0, sizeof(lookup));
    sip__enum_cancel(&lookup);
    lookup.fn = on_found;
    calls = 0;
    assert_int_equal(sip__enum_start(&lookup, &world.cache, SIP_STR("+12"), NULL), SIP_EAGAIN);
    sip__enum_cancel(&lookup);
    locate_world_run(&world, 10);
    assert_int_equal(calls, 0);
    assert_int_equal(sip__enum_start(&lookup, &world.cache, SIP_STR("+12"), NULL), 0);
    assert_int_equal(lookup.n_uris, SIP__ENUM_MAX);
    locate_world_finish(&world);
}

static void without_memory(void **state)
{
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    do {
        int err;

        fail_alloc_init(&fail, ++n);
        err = locate_world_init(&world, &fail.allocator);
        zone_load(&world.zone, "2.1.e164.arpa 60 NAPTR 1 1 u E2U+sip !^.*$!sip:a@b! .\n");
        if (err == 0) {
            memset(&lookup, 0, sizeof(lookup));
            lookup.fn = on_found;
            err = sip__enum_start(&lookup, &world.cache, SIP_STR("+12"), NULL);
            if (err == SIP_EAGAIN) {
                locate_world_run(&world, 1);
                err = world.err;
            }
        }
        assert_true(err == 0 || err == SIP_ENOMEM);
        assert_true(err == 0 || fail.failed);
        locate_world_finish(&world);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(substitutions),
        cmocka_unit_test(order_and_preference),
        cmocka_unit_test(delegations_and_suffixes),
        cmocka_unit_test(the_best_of_many),
        cmocka_unit_test(hostile_uris),
        cmocka_unit_test(bounded_and_given_up),
        cmocka_unit_test(without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
