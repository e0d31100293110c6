#include "support/guard_str.h"

#include <sip/uri.h>

#include <stdio.h>

static sip_uri parse(const char *text)
{
    sip_uri uri;

    assert_int_equal(sip_uri_parse(sip_str_of(text), &uri), 0);
    return uri;
}

static void test_walk_params(void **state)
{
    sip_uri uri = parse("sip:a@h;;lr;x=1;;%79=2;");
    sip_str rest = uri.params;
    sip_str name, value;

    (void)state;
    assert_true(sip_uri_param_next(&rest, &name, &value));
    assert_str(name, "lr");
    assert_int_equal(value.len, 0);
    assert_true(sip_uri_param_next(&rest, &name, &value));
    assert_str(name, "x");
    assert_str(value, "1");
    assert_true(sip_uri_param_next(&rest, NULL, NULL));
    assert_false(sip_uri_param_next(&rest, &name, &value));
    assert_false(sip_uri_param_next(NULL, &name, &value));
    assert_true(sip_uri_param(&uri, "Y", &value));
    assert_str(value, "2");
    assert_false(sip_uri_param(&uri, "", &value));
}

static void test_walk_headers(void **state)
{
    sip_uri uri = parse("sip:a@h?Route=%3Csip:p%3Blr%3E&body=");
    sip_str rest = uri.headers;
    sip_str name, value;
    char plain[32];
    int n;

    (void)state;
    assert_true(sip_uri_header_next(&rest, &name, &value));
    assert_str(name, "Route");
    n = sip_unescape(value, plain);
    assert_int_equal(n, 10);
    assert_memory_equal(plain, "<sip:p;lr>", 10);
    assert_true(sip_uri_header_next(&rest, &name, &value));
    assert_str(name, "body");
    assert_int_equal(value.len, 0);
    assert_false(sip_uri_header_next(&rest, &name, &value));
    assert_false(sip_uri_header_next(NULL, NULL, NULL));
    rest = uri.headers;
    assert_true(sip_uri_header_next(&rest, NULL, NULL));
}

static void test_typed(void **state)
{
    static const char *const bad_causes[] = {"sip:h", "sip:h;cause=99", "sip:h;cause=700",
                                             "sip:h;cause=x", "sip:h;cause"};
    sip_uri uri = parse("sip:a@h;transport=TcP;ttl=255;cause=302;gr");

    (void)state;
    assert_int_equal(sip_uri_transport(&uri), SIP_PROTOCOL_TCP);
    assert_int_equal(sip_uri_ttl(&uri), 255);
    assert_int_equal(sip_uri_cause(&uri), 302);
    assert_true(sip_uri_is_gruu(&uri));
    uri = parse("sip:a@h;transport=pigeon;ttl=256");
    assert_int_equal(sip_uri_transport(&uri), SIP_PROTOCOL_NONE);
    assert_int_equal(sip_uri_ttl(&uri), -1);
    assert_false(sip_uri_is_gruu(&uri));
    for (size_t i = 0; i < sizeof bad_causes / sizeof bad_causes[0]; i++) {
        uri = parse(bad_causes[i]);
        assert_int_equal(sip_uri_cause(&uri), 0);
        assert_int_equal(sip_uri_transport(&uri), SIP_PROTOCOL_NONE);
        assert_int_equal(sip_uri_ttl(&uri), -1);
    }
}

static void test_flaws(void **state)
{
    static const struct {
        const char *text;
        unsigned flaws;
    } cases[] = {
        {"sip:a@example.com:5060;x=1;y=2", 0},
        {"sip:a@192.0.2.1", 0},
        {"sip:a@[::1]", 0},
        {"sip:a@a-b.example.com.", 0},
        {"sip:a@h;x=1;X=2", SIP_URI_PARAM_TWICE},
        {"sip:a@h;x=1;%78=1", SIP_URI_PARAM_TWICE},
        {"sip:a@h;;x=1;;", SIP_URI_PARAM_EMPTY},
        {"sip:a@my_pbx.local", SIP_URI_HOST_NAME},
        {"sip:a@-h.com", SIP_URI_HOST_NAME},
        {"sip:a@h-.com", SIP_URI_HOST_NAME},
        {"sip:a@h-", SIP_URI_HOST_NAME},
        {"sip:a@a..b", SIP_URI_HOST_NAME},
        {"sip:a@.", SIP_URI_HOST_NAME},
        {"sip:a@example.123", SIP_URI_HOST_NAME},
        {"sip:a@192.0.2.256", SIP_URI_HOST_NAME},
        {"tel:+1", 0},
        {"tel:911", SIP_URI_NO_CONTEXT},
        {"tel:911;phone-context=+1", 0},
        {"http://a_b/;;", 0},
    };
    char many[600] = "sip:h";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sip_uri uri = parse(cases[i].text);

        if (sip_uri_flaws(&uri) != cases[i].flaws) {
            fail_msg("%s has the flaws %u", cases[i].text, sip_uri_flaws(&uri));
        }
    }
    assert_int_equal(sip_uri_flaws(NULL), 0);
    /* More parameters than are looked at count as one that is there twice. */
    for (int i = 0; i < 65; i++) {
        sip_uri uri = parse(many);

        assert_int_equal(sip_uri_flaws(&uri), 0);
        (void)snprintf(many + strlen(many), 16, ";p%d", i);
    }
    assert_int_equal(sip_uri_flaws(&(sip_uri){0}), 0);
    {
        sip_uri uri = parse(many);

        assert_int_equal(sip_uri_flaws(&uri), SIP_URI_PARAM_TWICE);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    assert_int_equal(sip_uri_transport(NULL), SIP_PROTOCOL_NONE);
    assert_int_equal(sip_uri_ttl(NULL), -1);
    assert_int_equal(sip_uri_cause(NULL), 0);
    assert_false(sip_uri_is_gruu(NULL));
    assert_int_equal(sip_uri_scheme_text(NULL).len, 0);
    assert_int_equal(sip_uri_scheme_text(&(sip_uri){0}).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk_params), cmocka_unit_test(test_walk_headers),
        cmocka_unit_test(test_typed),       cmocka_unit_test(test_flaws),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
