/* Where a URI leads, over a resolver that answers when told. */
#include "dns/locate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

typedef struct script {
    sip_resolver base;
    sip_dns_query *a, *aaaa;
    char name[300];
    size_t cancelled;
    int refuse_a, refuse_aaaa;
} script;

typedef struct outcome {
    size_t calls;
    int err;
    char text[200];
} outcome;

static int ask(sip_resolver *resolver, const char *name, sip_dns_type type, sip_dns_query *query)
{
    script *self = (script *)resolver;

    strncpy(self->name, name, sizeof(self->name) - 1);
    if (type == SIP_DNS_A) {
        self->a = query;
        return self->refuse_a;
    }
    assert_int_equal(type, SIP_DNS_AAAA);
    self->aaaa = query;
    return self->refuse_aaaa;
}

static void cancel(sip_resolver *resolver, sip_dns_query *query)
{
    (void)query;
    ((script *)resolver)->cancelled++;
}

static const sip_resolver_vtable script_vtable = {ask, cancel, NULL};
static const sip__locate_can everything = {
    1u << SIP_PROTOCOL_UDP | 1u << SIP_PROTOCOL_TCP,
    1u << SIP_FAMILY_IP4 | 1u << SIP_FAMILY_IP6,
};

static void on_located(sip__locate *locate, int err, const char *text)
{
    outcome *result = locate->arg;

    result->calls++;
    result->err = err;
    strncpy(result->text, text, sizeof(result->text) - 1);
}

static sip_uri uri_of(const char *text)
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return uri;
}

static void answer(sip_dns_query *query, sip_dns_type type, size_t n, int err, const char *text)
{
    sip_dns_record records[10];
    sip_dns_answer full = {err, text, records, n, 0};
    size_t i;

    memset(records, 0, sizeof(records));
    for (i = 0; i < n; i++) {
        records[i].type = type;
        assert_int_equal(
            sip_addr_parse(type == SIP_DNS_A ? SIP_STR("192.0.2.0") : SIP_STR("2001:db8::"), 0,
                           &records[i].addr),
            0);
        records[i].addr.ip[type == SIP_DNS_A ? 3 : 15] = (uint8_t)(i + 1);
    }
    query->fn(query, &full);
}

static void start(script *self, sip__locate *locate, outcome *result, const char *uri_text,
                  const sip__locate_can *can)
{
    sip_uri uri = uri_of(uri_text);

    memset(self, 0, sizeof(*self));
    memset(locate, 0, sizeof(*locate));
    memset(result, 0, sizeof(*result));
    self->base.vtable = &script_vtable;
    locate->fn = on_located;
    locate->arg = result;
    assert_int_equal(sip__locate_start(locate, &self->base, &uri, can), 0);
    assert_int_equal(result->calls, 0);
}

static void test_numeric(void **state)
{
    static const struct {
        const char *uri, *remote;
        sip_protocol protocol;
    } cases[] = {
        {"sip:192.0.2.1", "192.0.2.1:5060", SIP_PROTOCOL_UDP},
        {"sip:a@192.0.2.1:5070;transport=TCP", "192.0.2.1:5070", SIP_PROTOCOL_TCP},
        {"sip:a@[2001:db8::1]", "[2001:db8::1]:5060", SIP_PROTOCOL_UDP},
        {"sip:a@example.com;maddr=192.0.2.9", "192.0.2.9:5060", SIP_PROTOCOL_UDP},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sip_uri uri = uri_of(cases[i].uri);
        sip_path path;
        char text[SIP_ADDR_TEXT_BYTES];

        assert_int_equal(sip__locate_numeric(&uri, &everything, &path), 0);
        assert_int_equal(path.protocol, cases[i].protocol);
        assert_string_equal(sip_addr_text(&path.remote, text), cases[i].remote);
        assert_int_equal(path.local.family, SIP_FAMILY_NONE);
        assert_int_equal(path.flow, 0);
    }
}

static void expect_numeric(const char *text, const sip__locate_can *can, int err)
{
    sip_uri uri = uri_of(text);
    sip_path path;

    assert_int_equal(sip__locate_numeric(&uri, can, &path), err);
}

static void test_numeric_refused(void **state)
{
    static const sip__locate_can udp4 = {1u << SIP_PROTOCOL_UDP, 1u << SIP_FAMILY_IP4};
    static const sip__locate_can tcp4 = {1u << SIP_PROTOCOL_TCP, 1u << SIP_FAMILY_IP4};
    static const sip__locate_can tls4 = {1u << SIP_PROTOCOL_TLS, 1u << SIP_FAMILY_IP4};
    sip_uri uri = uri_of("sip:192.0.2.1");
    sip_path path;

    (void)state;
    expect_numeric("sip:example.com", &everything, SIP_EAGAIN);
    expect_numeric("tel:+15551234", &everything, SIP_EUNSUPPORTED);
    expect_numeric("sips:192.0.2.1", &everything, SIP_EUNSUPPORTED);
    expect_numeric("sip:192.0.2.1;transport=sctp", &everything, SIP_EUNSUPPORTED);
    expect_numeric("sip:192.0.2.1;transport=tcp", &udp4, SIP_EUNSUPPORTED);
    expect_numeric("sip:[2001:db8::1]", &udp4, SIP_EUNSUPPORTED);
    expect_numeric("sips:192.0.2.1;transport=tcp", &tls4, 0);
    assert_int_equal(sip__locate_numeric(&uri, &tcp4, &path), 0);
    assert_int_equal(path.protocol, SIP_PROTOCOL_TCP); /* the only one we have */
    uri.host.len = 0;
    assert_int_equal(sip__locate_numeric(&uri, &tcp4, &path), SIP_EINVAL);
}

static void test_both_families_in_order(void **state)
{
    script s;
    sip__locate locate;
    outcome r;
    char text[SIP_ADDR_TEXT_BYTES];

    (void)state;
    start(&s, &locate, &r, "sip:a@example.com:5070;transport=tcp", &everything);
    assert_string_equal(s.name, "example.com");
    answer(s.a, SIP_DNS_A, 2, 0, "");
    assert_int_equal(r.calls, 0);
    answer(s.aaaa, SIP_DNS_AAAA, 2, 0, "");
    assert_int_equal(r.calls, 1);
    assert_int_equal(r.err, 0);
    assert_int_equal(locate.n_targets, 4);
    assert_string_equal(sip_addr_text(&locate.targets[0].remote, text), "[2001:db8::1]:5070");
    assert_string_equal(sip_addr_text(&locate.targets[1].remote, text), "[2001:db8::2]:5070");
    assert_string_equal(sip_addr_text(&locate.targets[2].remote, text), "192.0.2.1:5070");
    assert_string_equal(sip_addr_text(&locate.targets[3].remote, text), "192.0.2.2:5070");
    assert_int_equal(locate.targets[3].protocol, SIP_PROTOCOL_TCP);
    sip__locate_cancel(&locate);
    assert_int_equal(s.cancelled, 0);
}

static void test_too_many(void **state)
{
    script s;
    sip__locate locate;
    outcome r;

    (void)state;
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.a, SIP_DNS_A, 10, 0, "");
    answer(s.aaaa, SIP_DNS_AAAA, 3, 0, "");
    assert_int_equal(locate.n_targets, SIP__LOCATE_MAX);
    assert_int_equal(locate.targets[2].remote.family, SIP_FAMILY_IP6);
    assert_int_equal(locate.targets[3].remote.family, SIP_FAMILY_IP4);
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.aaaa, SIP_DNS_AAAA, 10, 0, "");
    answer(s.a, SIP_DNS_A, 3, 0, "");
    assert_int_equal(locate.n_targets, SIP__LOCATE_MAX);
    assert_int_equal(locate.targets[7].remote.family, SIP_FAMILY_IP6);
}

static void test_one_family(void **state)
{
    static const sip__locate_can udp6 = {1u << SIP_PROTOCOL_UDP, 1u << SIP_FAMILY_IP6};
    script s;
    sip__locate locate;
    outcome r;

    (void)state;
    start(&s, &locate, &r, "sip:example.com", &udp6);
    assert_null(s.a);
    answer(s.aaaa, SIP_DNS_AAAA, 1, 0, "");
    assert_int_equal(r.calls, 1);
    assert_int_equal(locate.targets[0].remote.port, 5060);
}

static void test_failures(void **state)
{
    script s;
    sip__locate locate;
    outcome r;

    (void)state;
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.a, SIP_DNS_A, 0, SIP_EIO, "timeout");
    answer(s.aaaa, SIP_DNS_AAAA, 0, SIP_ENOENT, "no such name");
    assert_int_equal(r.err, SIP_EIO);
    assert_string_equal(r.text, "no address for example.com: timeout");
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.a, SIP_DNS_A, 0, SIP_ENOENT, "no such name");
    answer(s.aaaa, SIP_DNS_AAAA, 0, SIP_ENOENT, NULL);
    assert_int_equal(r.err, SIP_ENOENT);
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.a, SIP_DNS_A, 0, 0, "");
    answer(s.aaaa, SIP_DNS_AAAA, 0, 0, "");
    assert_int_equal(r.err, SIP_ENOENT);
    /* One family is enough. */
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.a, SIP_DNS_A, 1, 0, "");
    answer(s.aaaa, SIP_DNS_AAAA, 0, SIP_EIO, "timeout");
    assert_int_equal(r.err, 0);
}

static void test_cancel(void **state)
{
    script s;
    sip__locate locate;
    outcome r;

    (void)state;
    start(&s, &locate, &r, "sip:example.com", &everything);
    answer(s.a, SIP_DNS_A, 1, 0, "");
    sip__locate_cancel(&locate);
    sip__locate_cancel(&locate);
    assert_int_equal(s.cancelled, 1);
    assert_int_equal(r.calls, 0);
}

static void test_start_refused(void **state)
{
    script s;
    sip__locate locate;
    outcome r = {0, 0, ""};
    char text[300] = "sip:";
    sip_uri uri = uri_of("tel:+1");

    (void)state;
    memset(&s, 0, sizeof(s));
    memset(&locate, 0, sizeof(locate));
    s.base.vtable = &script_vtable;
    locate.fn = on_located;
    locate.arg = &r;
    assert_int_equal(sip__locate_start(&locate, &s.base, &uri, &everything), SIP_EUNSUPPORTED);
    memset(text + 4, 'a', 280);
    uri = uri_of(text);
    assert_int_equal(sip__locate_start(&locate, &s.base, &uri, &everything), SIP_EINVAL);
    uri = uri_of("sip:example.com");
    s.refuse_a = SIP_EIO;
    s.refuse_aaaa = SIP_ENOMEM;
    assert_int_equal(sip__locate_start(&locate, &s.base, &uri, &everything), SIP_EIO);
    s.refuse_a = 0; /* the one that was asked is enough */
    assert_int_equal(sip__locate_start(&locate, &s.base, &uri, &everything), 0);
    sip__locate_cancel(&locate);
    assert_int_equal(s.cancelled, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numeric),
        cmocka_unit_test(test_numeric_refused),
        cmocka_unit_test(test_both_families_in_order),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_one_family),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_start_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
